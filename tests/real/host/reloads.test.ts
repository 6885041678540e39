// What a change of tier, which is a reload of gunicorn, costs the requests that come meanwhile.
import { expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import { toStderr } from "../../../lab/progress";
import { ALL } from "../all";
import { LOAD, LOWER } from "../../../lab/drive/load";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { noSocketUnit, socketUnit } from "../../../lab/drive/socketUnit";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";
import { Visitors } from "../visitors";
import { RELEASE } from "../where";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

/** How many come at least, and the longest that they stay: a machine at other work is slow, not wrong. */
const LEAST = { reloads: 2, answers: 20_000 };
const SECONDS = 240;
/** Reloads go on for so long. Unit: milliseconds. */
const SPAN = 15_000;
/**
 * Releases whose gunicorn (21 to 23) ends a worker with connections that it has taken and not looked at: each of a
 * reload's old workers may drop some, whatever is set. Others are to drop none.
 */
const DROPS: readonly string[] = ["trixie"];
const MOST_OF_A_WORKER = 10;

const UNIX = "/run/site.sock";
const TCP = "127.0.0.1:8000";

test.each([
  ["GET", UNIX],
  ["POST", UNIX],
  ...(ALL
    ? ([
        ["GET", TCP],
        ["POST", TCP],
      ] as const)
    : []),
] as const)(
  "%s by %s: of 20,000 requests and more none is lost, but for gunicorn's own fault where it has one",
  async (method, listen) => {
    await socketUnit(tuned, listen);
    try {
      await tuned.install();
      for (const step of ["kernel", "gunicorn", "nginx"])
        succeeded(await tuned.with({ wish: LOWER }).apply(step));
      const visitors = new Visitors(tuned, { visitors: 8, seconds: SECONDS, method, pause: 0 });
      await sleep(2_000);
      let reloads = 0;
      const end = Date.now() + SPAN;
      for (; reloads < LEAST.reloads || Date.now() < end; reloads += 1)
        succeeded(await tuned.with({ wish: reloads % 2 ? LOWER : LOAD }).apply("gunicorn"));
      const most = DROPS.includes(RELEASE) ? reloads * 5 * MOST_OF_A_WORKER : 0;
      const { answers } = await visitors.leave(LEAST.answers + most + 1);
      toStderr(`${method} by ${listen}, ${reloads} reloads, ${RELEASE}: ${JSON.stringify(answers)}`);
      const { 200: answered = 0, 502: lost = 0, ...others } = answers;
      expect(answered).toBeGreaterThan(LEAST.answers);
      expect(others).toEqual({});
      expect(lost).toBeLessThanOrEqual(most);
      for (const step of ["nginx", "gunicorn", "kernel", "host"]) succeeded(await tuned.restore(step));
    } finally {
      await host.reset();
      await noSocketUnit(tuned);
    }
    expect(await host.untouched()).toEqual([]);
  },
  6 * MINUTES,
);
