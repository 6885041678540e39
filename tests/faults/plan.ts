import { createHash } from "node:crypto";
import { APP } from "../../components/tuning/app";
import { CONCERNS } from "../../components/tuning/concerns";
import type { Call, Child } from "./calls";
import { atCall, hungChild, type Fault } from "./case";
import { KINDS, POWER_CUT } from "./kinds";
import { stepName, type Step, type Verb } from "./step";

const VERBS: readonly Verb[] = ["apply", "restore"];
export const STEPS: readonly Step[] = ["host", ...CONCERNS.map(({ name }) => name), APP].flatMap((concern) =>
  VERBS.map((verb) => ({ concern, verb })),
);

/** A case that has yet to be run. */
export interface Case {
  readonly step: Step;
  readonly fault: Fault;
}

/** All that can go wrong in a step whose calls and children are known. */
export function faultsOf(calls: readonly Call[], children: readonly Child[]): Fault[] {
  const atCalls = KINDS.flatMap((kind) =>
    calls.filter(kind.at).flatMap((call) =>
      // All that can be lost is lost, and twice more a part of it.
      kind.name === POWER_CUT
        ? ["", "a", "b"].map((part) =>
            atCall(kind, call, calls, part === "" ? undefined : `${call.syscall}-${call.of}${part}`),
          )
        : [atCall(kind, call, calls)],
    ),
  );
  return [...atCalls, ...children.map(hungChild)];
}

/** At most `most` of them: as many of each step and kind as there are, in turn, those of a group in an order that is the same in each run. */
export function sampled(cases: readonly Case[], most: number): Case[] {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const name = `${stepName(one.step)} ${one.fault.kind}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const queues = [...groups.values()].map((group) =>
    [...group].sort((a, b) => (order(a) < order(b) ? -1 : 1)),
  );
  const chosen: Case[] = [];
  for (let turn = 0; chosen.length < Math.min(most, cases.length); turn++)
    chosen.push(...queues.flatMap((queue) => queue.slice(turn, turn + 1)));
  return chosen.slice(0, most);
}

const order = ({ step, fault }: Case): string =>
  createHash("sha256")
    .update(`${stepName(step)} ${fault.kind} ${fault.where}`)
    .digest("hex");
