import type { RunResult } from "../../lab/run";
import type { Call, Child } from "./calls";
import { POWER_CUT, type Kind } from "./kinds";
import type { Rig } from "./rig";
import { runStep, stepName, type Step } from "./step";

/** Something that goes wrong while a step runs. */
export interface Fault {
  /** Faults of a kind are counted together. */
  readonly kind: string;
  /** In words. */
  readonly where: string;
  /** Does it. Nothing: it did not come to it. */
  readonly run: (rig: Rig, step: Step) => Promise<RunResult | undefined>;
  /** Nothing is said by who is killed, and what it leaves is finished by the next run. */
  readonly silent?: boolean;
}

/** What a case came to. */
export interface Verdict {
  readonly step: Step;
  readonly kind: string;
  readonly where: string;
  /** What the step said: the last line of its error. */
  readonly said: string;
  /** What does not hold; empty: all does. */
  readonly broken: readonly string[];
}

/** `calls`: all of the step. */
export const atCall = (kind: Kind, call: Call, calls: readonly Call[], seed?: string): Fault => ({
  kind: kind.name,
  where: `${call.syscall} ${call.path || "of a process"}, ${call.nth}${seed === undefined ? "" : `, seed ${seed}`}`,
  silent: kind.inject.startsWith("signal"),
  run: async (rig, step) => {
    const cut = kind.name === POWER_CUT;
    if (cut) await rig.copy();
    const done = await rig.breakAt(step, call, kind.inject, cut ? calls : []);
    if (done && cut) await rig.powerCut(seed);
    return done;
  },
});

export const HUNG = "a hung child";

export const hungChild = (child: Child): Fault => ({
  kind: HUNG,
  where: `${child.program}, run ${child.nth}`,
  run: (rig, step) => rig.hang(step, child),
});

/** Runs one case, from the step `host` alone to the step `host` alone. Nothing: the fault did not come about. */
export async function tryCase(rig: Rig, step: Step, fault: Fault): Promise<Verdict | undefined> {
  const broken: string[] = [];
  await rig.begin(step);
  const done = await fault.run(rig, step);
  if (done) {
    const site = await rig.site();
    if (site !== "200") broken.push(`the site answers ${site}`);
    if (!fault.silent) broken.push(...(await wrongOf(rig, step, done)));
  }
  if (!done || done.code !== 0) {
    // The next `up`, or the next destroy.
    const again = await runStep(rig.tuned, step);
    if (again.code !== 0) broken.push(`the next run ends with ${again.code}: ${again.stderr}`);
  }
  try {
    await rig.end(step);
  } catch (error) {
    broken.push(`it does not go back: ${String(error)}`);
  }
  // What a layer leaves behind, the last step of a destroy sees to.
  const behind = await rig.moved({ ...step, verb: "restore" });
  const left = behind.length > 0 ? await rig.destroyed() : [];
  broken.push(...left.map((line) => `not as before: ${line}`));
  const said = done?.stderr.trim().split("\n").pop() ?? "";
  return done && { step, kind: fault.kind, where: fault.where, said, broken };
}

/** Of a step that has ended by itself: it has said what, and left nothing half. */
async function wrongOf(rig: Rig, step: Step, { code, stderr }: RunResult): Promise<string[]> {
  if (code === 0) return [];
  const found: string[] = [];
  if (/Traceback/.test(stderr)) found.push(`a traceback: ${stderr}`);
  if (!/wanted .* found /s.test(stderr)) found.push(`it does not say what it wanted and found: ${stderr}`);
  if (step.verb === "apply") {
    const half = await rig.moved(step);
    // As before, or as it is to be.
    const short = half.length > 0 ? await rig.short(step) : "";
    if (short !== "") found.push(...half.map((line) => `half: ${line}`), short);
  }
  return found;
}

export const caseName = ({ step, kind, where }: Pick<Verdict, "step" | "kind" | "where">): string =>
  `${stepName(step)}: ${kind} at ${where}`;
