import { expect, it } from "@jest/globals";
import { dialing } from "../../components/steps/dialing";
import { TIMEOUT } from "../../components/checks/timeout";

it.each([
  [5, { dialErrorLimit: 4, perDialTimeout: 1 }],
  [TIMEOUT.default, { dialErrorLimit: 3, perDialTimeout: 9 }],
  [60, { dialErrorLimit: 5, perDialTimeout: 10 }],
  [600, { dialErrorLimit: 42, perDialTimeout: 10 }],
])("dials for at most %d seconds", (timeout, wanted) => {
  expect(dialing(timeout)).toEqual(wanted);
});

it("never waits longer than it was told, even if no dial is answered", () => {
  for (let timeout: number = TIMEOUT.min; timeout <= TIMEOUT.max; timeout += 1) {
    const { dialErrorLimit, perDialTimeout } = dialing(timeout);
    let spent = dialErrorLimit * perDialTimeout;
    for (let pause = 0.1, i = 1; i < dialErrorLimit; i += 1, pause = Math.min(pause * 1.5, 5)) spent += pause;
    expect(dialErrorLimit).toBeGreaterThanOrEqual(3);
    expect(spent).toBeLessThanOrEqual(timeout);
  }
});
