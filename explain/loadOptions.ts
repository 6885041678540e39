import type { ParseArgsConfig } from "node:util";
import { CAPACITY, complete, INPUTS } from "../components/tuning/capacity";
import type { Plan, PlanInput } from "../components/tuning/plan";
import type { Problem } from "../components/tuning/problem";
import { CUSTOM, TIERS } from "../components/tuning/tiers";

/** Options of commands that are told a load. */
export const LOAD_OPTIONS = {
  tier: { type: "string" },
  capacity: { type: "string", multiple: true },
  set: { type: "string", multiple: true },
} as const satisfies ParseArgsConfig["options"];

export const LOAD_USAGE = `--tier ${[...TIERS.keys()].join("|")}   or   --capacity connections=30000,tls=false`;
export const SET_HELP = "  --set NAME=VALUE  a value of your own; may be given several times";
export const CAPACITY_HELP = `capacity (unit; default):
${INPUTS.map((name) => `  ${name.padEnd(20)}${CAPACITY[name].unit}; ${CAPACITY[name].defaultText}\n${" ".repeat(22)}${CAPACITY[name].meaning}`).join("\n")}
`;

interface Given {
  readonly tier?: string | undefined;
  readonly capacity?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
}

/** The load as the options say it; what is wrong with their form is added to `misuses`. */
export const inputOf = ({ tier, capacity, set }: Given, misuses: Problem[]): PlanInput => ({
  ...(tier !== undefined && { tier }),
  ...(capacity !== undefined && {
    capacity: pairs(
      "--capacity",
      capacity.flatMap((part) => part.split(",")),
      misuses,
    ),
  }),
  ...(set && { tuning: pairs("--set", set, misuses) }),
});

/** `a=1,b=true` as an object; what is neither a number nor a truth value stays text. */
function pairs(option: string, parts: readonly string[], misuses: Problem[]): Record<string, unknown> {
  const seen = new Set<string>();
  return Object.fromEntries(
    parts.flatMap((part) => {
      const [, name = "", value = ""] = /^([^=]+)=(.*)$/.exec(part.trim()) ?? [];
      if (name === "") misuses.push({ path: option, value: JSON.stringify(part), allowed: "NAME=VALUE" });
      if (seen.has(name)) misuses.push({ path: option, value: `${name} twice`, allowed: "each name once" });
      seen.add(name);
      return name === "" ? [] : [[name, valueOf(value)]];
    }),
  );
}

/** As whoever wrote it meant it. */
export const valueOf = (text: string): unknown =>
  text === "true" || text === "false" ? text === "true" : /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;

/** Options that make the same plan again: a tier by its name, else what is not as it is by default. */
export function optionsOf({ tier, capacity, settings }: Plan): string {
  const usual = complete({ connections: capacity.connections });
  const own = INPUTS.filter((name) => name === "connections" || capacity[name] !== usual[name]);
  const load =
    tier === CUSTOM
      ? `--capacity ${own.map((name) => `${name}=${capacity[name]}`).join(",")}`
      : `--tier ${tier}`;
  const set = settings.filter(({ overridden }) => overridden);
  return [load, ...set.map(({ name, value }) => `--set '${name}=${value}'`)].join(" ");
}
