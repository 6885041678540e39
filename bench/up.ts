import { findEngine } from "../lab/engine";
import { bootMachine, removeMachine } from "../lab/machine";
import { toStderr as say } from "../lab/progress";
import type { RunResult } from "../lab/run";
import { renderTable } from "../components/tuning/table";
import { Logins, TestStack } from "../lab/drive/stack";
import { EmptyProgram } from "./emptyProgram";
import { median } from "./median";

/** What one \`pulumi up\` cost. */
interface Run {
  readonly seconds: number;
  readonly logins: number;
  /** Seconds by step, as the engine prints them: whole seconds above ten, tenths below. */
  readonly steps: ReadonlyMap<string, number>;
}

/** Engine's lines such as \`+  command:remote:Command host-kernel created (2s)\`. */
const STEP = / host-(\w+) (?:created|updated) \((\d+(?:\.\d+)?)s\)/g;

async function timed(up: Promise<RunResult>, logins?: Logins): Promise<Run> {
  const start = performance.now();
  const done = await up;
  const seconds = (performance.now() - start) / 1000;
  if (done.code !== 0) throw new Error(`pulumi up failed:\n${done.stdout}${done.stderr}`);
  const steps = new Map([...done.stdout.matchAll(STEP)].map(([, step = "", time]) => [step, Number(time)]));
  return { seconds, logins: logins ? await logins.since() : 0, steps };
}

function row(name: string, runs: readonly Run[], base: number): string[] {
  const seconds = median(runs.map((run) => run.seconds));
  const steps = [...(runs[0]?.steps.keys() ?? [])].map((step) => {
    return `${step} ${median(runs.map((run) => run.steps.get(step) ?? 0))}`;
  });
  const logins = String(median(runs.map((run) => run.logins)));
  return [name, seconds.toFixed(1), `${(seconds / base).toFixed(1)}x`, logins, steps.join(", ") || "-"];
}

/** How long `pulumi up` takes on the lab machine, beside an empty program's in the same run. */
export async function benchUp(rounds: number): Promise<void> {
  const engine = await findEngine(say);
  const machine = await bootMachine("bench", say);
  const stack = await TestStack.make("bench");
  const empty = new EmptyProgram(engine);
  try {
    await empty.pulumi.init();
    const logins = new Logins(machine);
    await logins.since();
    const runs: Record<"empty" | "first" | "noop" | "tier", Run[]> = {
      empty: [],
      first: [],
      noop: [],
      tier: [],
    };
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      runs.empty.push(await timed(empty.pulumi.run("up", ["--yes", "--skip-preview"])));
      await stack.configure({ machine });
      runs.first.push(await timed(stack.up(), logins));
      runs.noop.push(await timed(stack.up(), logins));
      await stack.configure({ machine, lines: ["tier: 50k"] });
      runs.tier.push(await timed(stack.up(), logins));
      await stack.destroy();
      await logins.since();
    }
    const base = median(runs.empty.map((run) => run.seconds));
    console.log(
      `\n${engine.source}\n${engine.commandPluginLine}\nmachine: ${machine.accelerator}, medians of ${rounds}\n`,
    );
    const columns = ["pulumi up", "seconds", "ratio", "logins", "seconds a step"].map((title) => ({ title }));
    console.log(
      renderTable(columns, [
        row("an empty program", runs.empty, base),
        row("first", runs.first, base),
        row("nothing changed", runs.noop, base),
        row("another tier", runs.tier, base),
      ]),
    );
  } finally {
    await stack.destroy();
    stack.remove();
    empty.remove();
    await removeMachine("bench", say);
  }
}
