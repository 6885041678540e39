import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import { stepsOf } from "../../../components/steps/steps";
import { LoadNetwork } from "../../../lab/load/network";
import type { SteadyCounts } from "../../../lab/load/steady";
import { SteadyLoad } from "../../../lab/load/steadyLoad";
import { toStderr } from "../../../lab/progress";
import { HIGHER, LOAD, LOWER } from "../../../lab/drive/load";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { noSocketUnit, socketUnit } from "../../../lab/drive/socketUnit";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

/** nginx answers most requests by itself, Django as many as leave an emulated CPU some time for the change. */
const LOADS = {
  nginx: { paths: ["/static/hello.txt"], connections: 30, pace: 300, freshPace: 50 },
  django: { paths: ["/", "/wait?ms=200"], connections: 10, pace: 8, freshPace: 2 },
} as const;
/** A machine that is not emulated has more time. */
const NATIVE = 3;
/** All that a walk must have been asked for. */
const LEAST = { all: 20_000, each: 400, fresh: 100 };
/** What still waits then counts as lost. Unit: seconds. */
const TIMEOUT = 240;

let host: Pristine;
let tuned: Tuned;
let network: LoadNetwork;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

// There is a network for load wherever the tests run; without one this fails.
beforeAll(async () => {
  network = await LoadNetwork.open(host.machine.name);
});
afterAll(() => network.close());

/** Runs the work under both loads; returns what became of the requests. */
async function under(work: (enough: () => boolean) => Promise<void>): Promise<readonly SteadyCounts[]> {
  const times = host.machine.accelerator === "tcg" ? 1 : NATIVE;
  const loads = Object.values(LOADS).map(({ pace, freshPace, ...load }) => {
    const paces = { pace: times * pace, freshPace: times * freshPace };
    return SteadyLoad.start(network, { host: "load", timeout: TIMEOUT, ...load, ...paces });
  });
  const enough = () =>
    loads.every(({ counts }) => counts.answered > LEAST.each && counts.answeredFresh > LEAST.fresh) &&
    loads.reduce((sum, { counts }) => sum + counts.answered + counts.answeredFresh, 0) > LEAST.all;
  let counts: readonly SteadyCounts[];
  try {
    await sleep(3_000);
    await work(enough);
    await sleep(3_000);
  } finally {
    counts = await Promise.all(loads.map((load) => load.stop()));
  }
  return counts;
}

const failures = (all: readonly SteadyCounts[]) => all.map(({ failed }) => failed);

describe("a change under load", () => {
  test(
    "drops nothing where a socket unit holds gunicorn's queue: up two tiers, down one, and away",
    async () => {
      await socketUnit(tuned);
      try {
        const layers = stepsOf(false).filter((step) => step !== "host" && step !== "report");
        await tuned.install(...layers);
        const counts = await under(async (enough) => {
          for (const wish of [LOWER, LOAD, HIGHER, LOAD])
            for (const step of layers) {
              const done = succeeded(await tuned.with({ wish }).apply(step));
              expect(done.stderr).not.toContain("requests fail for that moment");
            }
          await tuned.down(...layers);
          while (!enough()) await sleep(500);
        });
        toStderr(`a change under load: ${JSON.stringify(counts)}`);
        expect(failures(counts)).toEqual([{}, {}]);
        for (const { answered, answeredFresh } of counts) {
          expect(answered).toBeGreaterThan(LEAST.each);
          expect(answeredFresh).toBeGreaterThan(LEAST.fresh);
        }
      } finally {
        await host.reset();
        await noSocketUnit(tuned);
      }
      expect(await host.untouched()).toEqual([]);
    },
    30 * MINUTES,
  );

  test(
    "is seen to drop requests where there is none: the restart that the step names",
    async () => {
      await tuned.install("gunicorn");
      const [nginx, django] = await under(async () => {
        const done = succeeded(await tuned.apply("gunicorn"));
        expect(done.stderr).toContain("requests fail for that moment");
      });
      expect(nginx?.failed).toEqual({});
      expect(django?.failed["status 502"]).toBeGreaterThan(0);
      for (const step of ["gunicorn", "host"]) succeeded(await tuned.restore(step));
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );
});
