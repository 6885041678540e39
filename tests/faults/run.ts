// `npm run test:faults`: breaks steps at the system calls that they really make, and looks at what is left.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { toStderr as say, watched } from "../../lab/progress";
import { caseName, tryCase, type Verdict } from "./case";
import { happenings } from "./happenings";
import { faultsOf, sampled, STEPS, type Case } from "./plan";
import { writeReport } from "./report";
import { Rig } from "./rig";
import { stepName } from "./step";

const HELP = `npm run test:faults [-- --step "apply kernel"] [--kind KIND] [--most N] [--at-once N] [--report]

Traces each step once on a container host, then runs it with a fault at one of its system calls, a case at a time:
the site answers, the error says what and where, the next run completes, and all goes back as it was.

  --step NAME    one step alone: ${STEPS.map(stepName).join(", ")}
  --kind KIND    one kind of fault alone
  --most N       at most so many cases, of each step and kind in turn; default: 800
  --at-once N    machines at a time; default: one more than CPUs, at most 4
  --report       writes docs/reliability.md`;

interface Options {
  readonly step?: string | undefined;
  readonly kind?: string | undefined;
  readonly most: number;
  readonly atOnce: number;
}

async function allCases({ step, kind, most }: Options, rig: Rig): Promise<Case[]> {
  const cases: Case[] = [];
  for (const one of STEPS.filter((known) => step === undefined || stepName(known) === step)) {
    const { calls, children } = await rig.trace(one);
    const faults = [...faultsOf(calls, children), ...happenings(one, calls)];
    say(`${stepName(one)}: ${calls.length} calls that change something, ${children.length} children`);
    cases.push(...faults.map((fault) => ({ step: one, fault })));
  }
  return sampled(
    cases.filter(({ fault }) => kind === undefined || fault.kind === kind),
    most,
  );
}

/** Each machine takes the next case, and is made anew after one that has left something. */
async function runAll(cases: readonly Case[], first: Rig, atOnce: number): Promise<Verdict[]> {
  const left = [...cases];
  const found: Verdict[] = [];
  let missed = 0;
  const start = Date.now();
  const state = () => {
    const done = found.length + missed;
    const minutes = done
      ? ((((Date.now() - start) / done) * (cases.length - done)) / 60_000).toFixed(0)
      : "?";
    const broken = found.filter((verdict) => verdict.broken.length > 0).length;
    return `${done} of ${cases.length} cases, ${broken} broken, ${missed} not reached, ${minutes} minutes left`;
  };
  const lane = async (name: string, begun?: Rig): Promise<void> => {
    let rig = begun ?? (await Rig.boot(name));
    try {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const verdict = await tryCase(rig, next.step, next.fault).catch((error: unknown) => ({
          step: next.step,
          kind: next.fault.kind,
          where: next.fault.where,
          said: "",
          broken: [`the case does not come to its end: ${String(error)}`],
        }));
        if (!verdict) missed++;
        else found.push(verdict);
        if (!verdict || verdict.broken.length > 0) {
          if (verdict)
            say(`BROKEN ${caseName(verdict)}\n  ${verdict.broken.join("\n  ")}\n  said: ${verdict.said}`);
          else say(`not reached: ${stepName(next.step)}: ${next.fault.kind} at ${next.fault.where}`);
        }
        if (verdict && verdict.broken.length > 0) {
          if (process.env["HEAVYLOAD_KEEP_MACHINE"]) throw new Error(`${name} is left as it is`);
          await rig.remove();
          rig = await Rig.boot(name);
        }
      }
    } finally {
      if (!process.env["HEAVYLOAD_KEEP_MACHINE"]) await rig.remove();
    }
  };
  await watched(say, state, () =>
    Promise.all(Array.from({ length: atOnce }, (_, i) => lane(`faults-${i}`, i === 0 ? first : undefined))),
  );
  say(state());
  return found;
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
  const options = { ...values, most: Number(values.most), atOnce: Number(values["at-once"]) };
  const rig = await Rig.boot("faults-0");
  const cases = await allCases(options, rig);
  const verdicts = await runAll(cases, rig, options.atOnce);
  if (values.report) writeReport(verdicts);
  const broken = verdicts.filter((verdict) => verdict.broken.length > 0).length;
  console.log(`${verdicts.length - broken} passed, ${broken} failed`);
  return broken > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
