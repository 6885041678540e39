// `npm run test:faults`: breaks steps at the system calls that they really make, and looks at what is left.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { APP } from "../../components/tuning/app";
import { keepMachine } from "../../lab/machine";
import { toStderr as say, watched } from "../../lab/progress";
import { caseName, tryCase, type Verdict } from "./case";
import { happenings } from "./happenings";
import { faultsOf, sampled, STEPS, type Case } from "./plan";
import { writeReport } from "./report";
import { Rig } from "./rig";
import { stepName, type Step } from "./step";

const HELP = `npm run test:faults [-- --step "apply kernel"] [--kind KIND] [--most N] [--at-once N] [--report]

Traces each step once on a container host, then runs it with a fault at one of its system calls, a case at a time:
the site answers, the error says what and where, the next run completes, and all goes back as it was.

  --step NAME    one step alone: ${STEPS.map(stepName).join(", ")}
  --kind KIND    one kind of fault alone
  --most N       at most so many cases, of each step and kind in turn; default: 800
  --at-once N    machines at a time; default: one more than CPUs, at most 4
  --report       writes docs/reliability.md`;

interface Options {
  readonly kind?: string | undefined;
  readonly most: number;
  readonly atOnce: number;
}

async function casesOf(steps: readonly Step[], { kind }: Options, rig: Rig): Promise<Case[]> {
  const cases: Case[] = [];
  for (const step of steps) {
    const { calls, children } = await rig.trace(step);
    const faults = [...faultsOf(calls, children), ...happenings(step, calls)];
    say(`${stepName(step)}: ${calls.length} calls that change something, ${children.length} children`);
    cases.push(...faults.map((fault) => ({ step, fault })));
  }
  return cases.filter(({ fault }) => kind === undefined || fault.kind === kind);
}

/** What became of cases. */
interface Tried {
  readonly verdicts: readonly Verdict[];
  /** Those whose fault did not come about, by name. */
  readonly missed: readonly string[];
}

/** Each machine takes the next case, and is made anew after one that has left something. */
async function runAll(
  cases: readonly Case[],
  boot: (name: string) => Promise<Rig>,
  atOnce: number,
): Promise<Tried> {
  const left = [...cases];
  const found: Verdict[] = [];
  const missed: string[] = [];
  const start = Date.now();
  const state = () => {
    const done = found.length + missed.length;
    const minutes = done
      ? ((((Date.now() - start) / done) * (cases.length - done)) / 60_000).toFixed(0)
      : "?";
    const broken = found.filter((verdict) => verdict.broken.length > 0).length;
    return `${done} of ${cases.length} cases, ${broken} broken, ${missed.length} not reached, ${minutes} minutes left`;
  };
  const lane = async (name: string): Promise<void> => {
    let rig = await boot(name);
    try {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const verdict = await tryCase(rig, next.step, next.fault).catch((error: unknown) => ({
          step: next.step,
          kind: next.fault.kind,
          where: next.fault.where,
          said: "",
          broken: [`the case does not come to its end: ${String(error)}`],
        }));
        if (!verdict) {
          missed.push(caseName({ ...next.fault, step: next.step }));
          say(`not reached: ${missed[missed.length - 1]}`);
          continue;
        }
        found.push(verdict);
        if (verdict.broken.length > 0) {
          say(`BROKEN ${caseName(verdict)}\n  ${verdict.broken.join("\n  ")}\n  said: ${verdict.said}`);
          if (process.env["HEAVYLOAD_KEEP_MACHINE"]) {
            await keepMachine(name);
            throw new Error(`${name} is left as it is: npm run lab -- ssh --name ${name}`);
          }
          await rig.remove();
          rig = await boot(name);
        }
      }
    } finally {
      if (!process.env["HEAVYLOAD_KEEP_MACHINE"]) await rig.remove();
    }
  };
  await watched(say, state, () => Promise.all(Array.from({ length: atOnce }, (_, i) => lane(`faults-${i}`))));
  say(state());
  return { verdicts: found, missed };
}

async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      step: { type: "string" },
      kind: { type: "string" },
      most: { type: "string", default: "800" },
      "at-once": { type: "string", default: String(Math.min(4, cpus().length + 1)) },
      report: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const wrong = [
    ...(values.step === undefined || STEPS.some((step) => stepName(step) === values.step)
      ? []
      : [`--step is ${values.step}, allowed: ${STEPS.map(stepName).join(", ")}`]),
    ...[values.most, values["at-once"]]
      .filter((text) => !/^[1-9]\d*$/.test(text))
      .map((text) => `${text} is no whole number from 1`),
  ];
  if (wrong.length > 0) {
    console.error(wrong.join("\n"));
    return 2;
  }
  const options = { ...values, most: Number(values.most), atOnce: Number(values["at-once"]) };
  const wanted = STEPS.filter((step) => values.step === undefined || stepName(step) === values.step);
  // What sets up an application has steps of its own kind: they are tried where a stack does.
  const groups = [false, true].map((app) => ({
    app,
    steps: wanted.filter(({ concern }) => (concern === APP) === app),
  }));
  const cases: Case[] = [];
  for (const { app, steps } of groups.filter(({ steps }) => steps.length > 0)) {
    const rig = await Rig.boot("faults-0", app);
    cases.push(...(await casesOf(steps, options, rig)));
    await rig.remove();
  }
  const chosen = sampled(cases, options.most);
  const [verdicts, missed]: [Verdict[], string[]] = [[], []];
  for (const { app } of groups) {
    const some = chosen.filter(({ step }) => (step.concern === APP) === app);
    const machines = Math.min(options.atOnce, some.length);
    const tried = await runAll(some, (name) => Rig.boot(name, app), machines);
    verdicts.push(...tried.verdicts);
    missed.push(...tried.missed);
  }
  if (values.report && verdicts.length > 0) writeReport(verdicts, missed);
  const broken = verdicts.filter((verdict) => verdict.broken.length > 0).length;
  console.log(`${missed.length} not reached`);
  console.log(`${verdicts.length - broken} passed, ${broken} failed`);
  return broken > 0 || verdicts.length === 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
