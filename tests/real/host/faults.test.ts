// One fault of each class, of those that `npm run test:faults` puts into every step at every call.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { tryCase, type Fault } from "../../faults/case";
import { happenings } from "../../faults/happenings";
import { faultsOf, sampled } from "../../faults/plan";
import { Rig } from "../../faults/rig";
import type { Step } from "../../faults/step";
import { MINUTES } from "../pristine";
import { machineName } from "../where";

const STEPS: readonly Step[] = [
  { concern: "kernel", verb: "apply" },
  { concern: "nginx", verb: "apply" },
  { concern: "limits", verb: "restore" },
];

let rig: Rig;
const faults = new Map<Step, readonly Fault[]>();

beforeAll(async () => {
  rig = await Rig.boot(machineName());
  for (const step of STEPS) {
    const { calls, children } = await rig.trace(step);
    expect(calls.length).toBeGreaterThan(30);
    const all = [...faultsOf(calls, children), ...happenings(step, calls)];
    const one = sampled(
      all.map((fault) => ({ step, fault })),
      new Set(all.map(({ kind }) => kind)).size,
    );
    faults.set(
      step,
      one.map(({ fault }) => fault),
    );
  }
}, 5 * MINUTES);

afterAll(() => rig.remove(), MINUTES);

test.each(STEPS)(
  "$verb $concern: after a fault of each class the site answers, the next run completes, and all goes back",
  async (step) => {
    const known = faults.get(step) ?? [];
    expect(known.length).toBeGreaterThan(6);
    for (const fault of known) {
      const verdict = await tryCase(rig, step, fault);
      expect([fault.kind, fault.where, verdict?.broken ?? []]).toEqual([fault.kind, fault.where, []]);
    }
  },
  5 * MINUTES,
);
