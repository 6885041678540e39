// What a host has against a load. Changes nothing on the host.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { calledAs, type Command, type Outcome } from "../bin/command";
import { judge } from "../components/tuning/audit";
import { auditText } from "../components/tuning/auditText";
import { makePlan } from "../components/tuning/plan";
import { renderProblems, type Problem } from "../components/tuning/problem";
import { CAPACITY_HELP, inputOf, LOAD_OPTIONS, LOAD_USAGE, SET_HELP } from "../explain/loadOptions";
import { askHost } from "./host";

/** Unit: seconds. A host with slow applications takes a minute. */
const TIMEOUT = 600;
const HELP = `${calledAs("audit")} [USER@]HOST ${LOAD_USAGE}

Asks a host that \`ssh\` reaches (OpenSSH's own configuration, agent and known hosts), as root or by sudo without a
password: what it has, what breaks first and at what load, what is in use, what applying the plan would change, and what
would be refused. Nothing is changed on it, and nothing is left there.

${SET_HELP}
  --ssh OPTION      handed to ssh; may be given several times: --ssh=-p --ssh=2222
  --allow-untested  look at another system than those that are tested
  --timeout SECONDS for all of it, questions of ssh's included; default: ${TIMEOUT}
  --json            all of it as JSON; where it cannot be told, {"error": why}

Exit status: 0 the host holds the load, 2 it does not, 1 it cannot be told.

${CAPACITY_HELP}`;

const OPTIONS = {
  ...LOAD_OPTIONS,
  ssh: { type: "string", multiple: true },
  "allow-untested": { type: "boolean" },
  timeout: { type: "string", default: String(TIMEOUT) },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsConfig["options"];

const HOLDS = 0;
const CANNOT_TELL = 1;
const SHORT = 2;

function audited(argv: readonly string[]): Outcome {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (values.help || argv.length === 0) return { text: HELP, status: values.help ? HOLDS : CANNOT_TELL };
  const misuses: Problem[] = [];
  const [destination = "", ...more] = positionals;
  if (destination === "" || destination.startsWith("-") || more.length > 0)
    misuses.push({ path: "host", value: JSON.stringify(positionals.join(" ")), allowed: "one [USER@]HOST" });
  const seconds = Number(values.timeout);
  if (!/^[1-9]\d{0,4}$/.test(values.timeout))
    misuses.push({ path: "timeout", value: values.timeout, allowed: "1 to 99999 seconds" });
  const { plan, problems = [] } = makePlan(inputOf(values, misuses));
  misuses.push(...problems);
  if (misuses.length > 0 || !plan) throw new Error(renderProblems(misuses));
  const found = askHost([...(values.ssh ?? []), "--", destination], plan, {
    allowUntested: values["allow-untested"] ?? false,
    seconds,
  });
  const verdict = judge(plan, found);
  const text = values.json
    ? `${JSON.stringify({ tier: plan.tier, capacity: plan.capacity, ...verdict, ...found }, null, 2)}\n`
    : auditText(destination, plan, found, verdict);
  return { text, status: verdict.holds ? HOLDS : SHORT };
}

export const audit: Command = { run: audited, failed: CANNOT_TELL };
