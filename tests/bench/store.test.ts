import { afterEach, expect, it } from "@jest/globals";
import { Store } from "../../bench/measure/store";

const NAME = "of-a-test";
const ROWS = [{ held: 3, line: "a" }];

afterEach(() => new Store(NAME, 1).forget());

it("goes on with the points that were kept", () => {
  new Store(NAME, 1).keep("a", 500, ROWS);
  const next = new Store(NAME, 1);
  expect([next.of("a", 500), next.of("a", 501), next.of("b", 500)]).toEqual([ROWS, undefined, undefined]);
  next.forget();
  expect(new Store(NAME, 1).of("a", 500)).toBeUndefined();
});

it("takes none that were measured otherwise", () => {
  new Store(NAME, 1).keep("a", 500, ROWS);
  expect(new Store(NAME, 3).of("a", 500)).toBeUndefined();
});
