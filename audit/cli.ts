// `npm run audit -- admin@192.0.2.10 --tier 10k`: what a host has against a load. Changes nothing on the host.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { makePlan } from "../components/tuning/plan";
import { renderProblems, type Problem } from "../components/tuning/problem";
import { CAPACITY_HELP, inputOf, LOAD_OPTIONS, LOAD_USAGE, SET_HELP } from "../explain/loadOptions";
import { askHost } from "./host";
import { judge } from "./judge";
import { auditText } from "./text";

const HELP = `npm run audit -- [USER@]HOST ${LOAD_USAGE}

Asks a host that \`ssh\` reaches (OpenSSH's own configuration, agent and known hosts), as root or by sudo without a
password: what it has, what breaks first and at what load, what is in use, what applying the plan would change, and what
would be refused. Nothing is changed on it, and nothing is left there.

${SET_HELP}
  --ssh OPTION      handed to ssh; may be given several times: --ssh=-p --ssh=2222
  --allow-untested  look at another system than those that are tested
  --json            all of it as JSON

Exit status: 0 the host holds the load, 2 it does not, 1 it cannot be told.

${CAPACITY_HELP}`;

const OPTIONS = {
  ...LOAD_OPTIONS,
  ssh: { type: "string", multiple: true },
  "allow-untested": { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsConfig["options"];

const HOLDS = 0;
const CANNOT_TELL = 1;
const SHORT = 2;

function main(argv: readonly string[]): number {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (values.help || argv.length === 0) {
    process.stdout.write(HELP);
    return values.help ? HOLDS : CANNOT_TELL;
  }
  const misuses: Problem[] = [];
  const [destination = "", ...more] = positionals;
  if (destination === "" || destination.startsWith("-") || more.length > 0)
    misuses.push({ path: "host", value: JSON.stringify(positionals.join(" ")), allowed: "one [USER@]HOST" });
  const { plan, problems = [] } = makePlan(inputOf(values, misuses));
  misuses.push(...problems);
  if (misuses.length > 0 || !plan) throw new Error(renderProblems(misuses));
  const audit = askHost([...(values.ssh ?? []), "--", destination], plan, values["allow-untested"] ?? false);
  const verdict = judge(plan, audit);
  const said = values.json
    ? `${JSON.stringify({ tier: plan.tier, capacity: plan.capacity, ...verdict, ...audit }, null, 2)}\n`
    : auditText(destination, plan, audit, verdict);
  process.stdout.write(said);
  return verdict.holds ? HOLDS : SHORT;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\nSee \`npm run audit -- --help\`.\n`,
  );
  process.exitCode = CANNOT_TELL;
}
