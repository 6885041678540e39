// The plan of a load, every knob with its reason. Reads nothing and changes nothing.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { calledAs, type Command } from "../bin/command";
import { CONCERNS } from "../components/tuning/concerns";
import { makePlan } from "../components/tuning/plan";
import { renderProblems, type Problem } from "../components/tuning/problem";
import { TIERS } from "../components/tuning/tiers";
import { planData } from "./data";
import { differenceData, differenceText } from "./difference";
import { CAPACITY_HELP, inputOf, LOAD_OPTIONS, LOAD_USAGE, SET_HELP } from "./loadOptions";
import { planText } from "./text";

const HELP = `${calledAs("explain")} ${LOAD_USAGE}

  --diff TIER       only the settings whose value differs from that tier's
  --concern NAME    one layer only: ${CONCERNS.map(({ name }) => name).join(", ")}
${SET_HELP}
  --json            the plan as JSON
  --width COLUMNS   default: the terminal's, at least 80

${CAPACITY_HELP}`;

const OPTIONS = {
  ...LOAD_OPTIONS,
  diff: { type: "string" },
  concern: { type: "string" },
  width: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsConfig["options"];

/** A narrower terminal wraps by itself. */
const NARROWEST = 80;

function explained(argv: readonly string[]): string {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.help || argv.length === 0) return HELP;
  const { concern, diff } = values;
  const width = Math.max(Number(values.width ?? process.stdout.columns ?? NARROWEST), NARROWEST);
  const misuses: Problem[] = [];
  if (concern !== undefined && !CONCERNS.some(({ name }) => name === concern))
    misuses.push({ path: "--concern", value: concern, allowed: CONCERNS.map(({ name }) => name).join(", ") });
  if (diff !== undefined && !TIERS.has(diff))
    misuses.push({ path: "--diff", value: diff, allowed: [...TIERS.keys()].join(", ") });
  if (values.width !== undefined && !/^\d+$/.test(values.width))
    misuses.push({ path: "--width", value: String(values.width), allowed: "a whole number of columns" });
  const { plan, problems = [] } = makePlan(inputOf(values, misuses));
  misuses.push(...problems);
  const other = diff === undefined ? undefined : makePlan({ tier: diff }).plan;
  if (misuses.length > 0 || !plan) throw new Error(renderProblems(misuses));
  if (other)
    return values.json
      ? json(differenceData(other, plan, concern))
      : differenceText(other, plan, width, concern);
  return values.json ? json(planData(plan, concern)) : planText(plan, width, concern);
}

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;

export const explain: Command = {
  run: (argv) => ({ text: explained(argv), status: 0 }),
  failed: 2,
};
