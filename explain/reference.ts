import { allowed, CAPACITY, INPUTS } from "../components/tuning/capacity";
import { CONCERNS, type Concern } from "../components/tuning/concerns";
import { LEFT_ALONE } from "../components/tuning/leftAlone";
import { makePlan } from "../components/tuning/plan";
import type { Knob, Setting } from "../components/tuning/setting";
import { TIERS } from "../components/tuning/tiers";
import { allowedValues } from "../components/tuning/value";
import { code, markdownTable } from "./markdown";

const TIER_NAMES = [...TIERS.keys()];

/** docs/settings.md, from the entries. */
export function reference(): string {
  return [
    "# Settings",
    "",
    "Written by `npm run docs` from the entries in `components/tuning`. `npm run explain -- --tier 10k` shows the same",
    "for one load.",
    "",
    "## Capacity",
    "",
    "What `heavyload:capacity` takes, and what a tier has where it says nothing else.",
    "",
    markdownTable(
      ["input", "unit", "range", "default", "meaning"],
      INPUTS.map((name) => {
        const input = CAPACITY[name];
        return [code(name), input.unit, allowed(input), input.defaultText, input.meaning];
      }),
    ),
    "",
    "## Tiers",
    "",
    "A tier is its connections; every other input has its default.",
    "",
    markdownTable(["", ...TIER_NAMES], tierRows()),
    "",
    ...CONCERNS.flatMap(concernText),
  ].join("\n");
}

function tierRows(): string[][] {
  const plans = TIER_NAMES.map((tier) => makePlan({ tier }).plan);
  const row = (title: string, value: (plan: NonNullable<(typeof plans)[number]>) => string): string[] => [
    title,
    ...plans.map((plan) => (plan ? value(plan) : "")),
  ];
  return [
    row("requests a second", ({ capacity }) => String(capacity.requestsPerSecond)),
    row("memory, MiB", ({ needs }) => String(needs.memoryMiB)),
    row("CPUs, advice", ({ needs }) => String(needs.cpus)),
    row("descriptors", ({ needs }) => String(needs.descriptors)),
    row("database connections", ({ needs }) => String(needs.databaseConnections)),
    row("breaks first", ({ breaksFirst: [first] }) => `${first?.limit} at ${first?.at} ${first?.unit}`),
  ];
}

function concernText({ name, settings }: Concern): string[] {
  const left = LEFT_ALONE.filter(({ concern }) => concern === name);
  return [
    `## ${name}`,
    "",
    ...settings.flatMap(settingText),
    ...(left.length > 0 ? [`### ${name}: left alone`, "", ...leftTable(left), ""] : []),
  ];
}

function settingText(setting: Setting): string[] {
  const { name, unit, default: given, rule, type, formula, why, condition, source } = setting;
  return [
    `### ${code(name)}`,
    "",
    why + (condition === undefined ? "" : ` ${condition}`),
    "",
    `- unit: ${unit}`,
    `- default: ${given}`,
    `- rule: ${rule}; formula: ${formula}`,
    `- range: ${allowedValues(type)}`,
    ...valueLines(name),
    `- source: ${source}`,
    "",
  ];
}

/** One line where all tiers agree. */
function valueLines(name: string): string[] {
  const values = TIER_NAMES.map((tier) => {
    const found = makePlan({ tier }).plan?.settings.find((setting) => setting.name === name);
    return [tier, code(found?.value ?? "") || "nothing to set"] as const;
  });
  const [first] = values;
  if (values.every(([, value]) => value === first?.[1])) return [`- value: ${first?.[1]} in every tier`];
  return ["- value:", ...values.map(([tier, value]) => `  - ${tier}: ${value}`)];
}

function leftTable(left: readonly Knob[]): string[] {
  return [
    markdownTable(
      ["knob", "default", "why it is left", "source"],
      left.map(({ name, default: given, why, condition, source }) => [
        code(name),
        given,
        condition === undefined ? why : `${why} ${condition}`,
        source,
      ]),
    ),
  ];
}
