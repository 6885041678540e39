// The plan of a load, every knob with its reason. Changes nothing on any host; writes nothing but what --files asks for.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { calledAs, type Command } from "../bin/command";
import { BALANCERS } from "../components/fleet/balancers";
import { sizeFleet } from "../components/fleet/sizing";
import { CONCERNS } from "../components/tuning/concerns";
import { makePlan, type PlanInput } from "../components/tuning/plan";
import { isText } from "../components/tuning/form";
import { renderProblems, shown, type Problem } from "../components/tuning/problem";
import { TIERS } from "../components/tuning/tiers";
import { planData } from "./data";
import { differenceData, differenceText } from "./difference";
import { CAPACITY_HELP, inputOf, LOAD_OPTIONS, LOAD_USAGE, SET_HELP, valueOf } from "./loadOptions";
import { choices, choicesText, fleetText } from "./fleet";
import { hostFiles } from "./files";
import { listedData, listedText } from "./files/listed";
import { folderProblems, writeFiles } from "./files/write";
import { planText } from "./text";

const HELP = `${calledAs("explain")} ${LOAD_USAGE}

  --diff TIER       only the settings whose value differs from that tier's
  --fleet           how many hosts behind a load balancer the load takes, and what breaks first in the whole:
                    on --instance TYPE, or on which types it would do; --balancer ${[...BALANCERS.keys()].join("|")}, --min-size and --max-size HOSTS
  --files DIR       writes the plan as files for a host that is tuned by hand (sysctl.d, limits.d, drop-ins of systemd,
                    nginx, gunicorn) to a new or an empty folder, and says what each does not do by itself
  --concern NAME    one layer only: ${CONCERNS.map(({ name }) => name).join(", ")}
${SET_HELP}
  --json            the plan as JSON; beside --files, what was written
  --width COLUMNS   default: the terminal's, at least 80

${CAPACITY_HELP}`;

/** What says something of a fleet alone. */
const FLEET_OPTIONS = {
  instance: { type: "string" },
  balancer: { type: "string" },
  "min-size": { type: "string" },
  "max-size": { type: "string" },
} as const satisfies ParseArgsConfig["options"];

const OPTIONS = {
  ...LOAD_OPTIONS,
  diff: { type: "string" },
  concern: { type: "string" },
  files: { type: "string" },
  fleet: { type: "boolean" },
  ...FLEET_OPTIONS,
  width: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsConfig["options"];

/** A narrower terminal wraps by itself. */
const NARROWEST = 80;

function explained(argv: readonly string[]): string {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.help || argv.length === 0) return HELP;
  const { concern, diff, files } = values;
  const width = Math.max(Number(values.width ?? process.stdout.columns ?? NARROWEST), NARROWEST);
  const misuses: Problem[] = [];
  if (concern !== undefined && !CONCERNS.some(({ name }) => name === concern))
    misuses.push({ path: "--concern", value: concern, allowed: CONCERNS.map(({ name }) => name).join(", ") });
  if (diff !== undefined && !TIERS.has(diff))
    misuses.push({ path: "--diff", value: diff, allowed: [...TIERS.keys()].join(", ") });
  if (values.width !== undefined && !/^\d+$/.test(values.width))
    misuses.push({ path: "--width", value: String(values.width), allowed: "a whole number of columns" });
  const input = inputOf(values, misuses);
  if (values.fleet) return ofFleet(values, input, misuses);
  if (files !== undefined) misuses.push(...besideFiles(values), ...folderProblems(files));
  for (const name of Object.keys(FLEET_OPTIONS) as (keyof typeof FLEET_OPTIONS)[])
    if (values[name] !== undefined)
      misuses.push({ path: `--${name}`, value: shown(values[name]), allowed: "beside --fleet alone" });
  const { plan, problems = [] } = makePlan(input);
  misuses.push(...problems);
  const other = diff === undefined ? undefined : makePlan({ tier: diff }).plan;
  if (misuses.length > 0 || !plan) throw new Error(renderProblems(misuses));
  if (files !== undefined) {
    const written = hostFiles(plan);
    writeFiles(files, written.files);
    return values.json ? json(listedData(files, written)) : listedText(files, written, width);
  }
  if (other)
    return values.json
      ? json(differenceData(other, plan, concern))
      : differenceText(other, plan, width, concern);
  return values.json ? json(planData(plan, concern)) : planText(plan, width, concern);
}

type Values = Readonly<Partial<Record<keyof typeof OPTIONS, unknown>>>;

/** A layer's files alone would leave out what they lean on. */
const besideFiles = (values: Values): Problem[] =>
  (["concern", "diff"] as const)
    .filter((name) => values[name] !== undefined)
    .map((name) => ({ path: `--${name}`, value: shown(values[name]), allowed: "not beside --files" }));

function ofFleet(values: Values, input: PlanInput, misuses: Problem[]): string {
  for (const name of ["concern", "diff", "files"] as const)
    if (values[name] !== undefined)
      misuses.push({ path: `--${name}`, value: shown(values[name]), allowed: "not beside --fleet" });
  if (misuses.length > 0) throw new Error(renderProblems(misuses));
  const { balancer, instance } = values;
  const [minSize, maxSize] = [values["min-size"], values["max-size"]].map((text) =>
    isText(text) ? valueOf(text) : undefined,
  );
  const wish = { ...input, balancer, minSize, maxSize };
  if (instance === undefined) return values.json ? json(choices(wish)) : choicesText(wish);
  const { fleet, problems } = sizeFleet({ ...wish, instanceType: instance });
  if (problems) throw new Error(renderProblems(problems));
  return values.json ? json(fleet) : fleetText(fleet);
}

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;

export const explain: Command = {
  run: (argv) => ({ text: explained(argv), status: 0 }),
  failed: 2,
};
