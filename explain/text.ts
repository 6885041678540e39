import type { Limit } from "../components/tuning/breaksFirst";
import { CAPACITY, INPUTS } from "../components/tuning/capacity";
import { APPLIED } from "../components/tuning/concerns";
import type { Plan, PlannedSetting } from "../components/tuning/plan";
import type { Knob } from "../components/tuning/setting";
import { renderTable, tableRows } from "../components/tuning/table";
import { planData, type Explained } from "./data";

/** From here on all columns of a setting fit beside each other. */
const WIDE = 180;

/** Needs and what breaks first on top, then a table of settings, then what is left alone. */
export function planText(plan: Plan, width: number, concern?: string): string {
  const data = planData(plan, concern);
  const layers = [...new Set([...data.settings, ...data.left].map((knob) => knob.concern))];
  return [
    ...head(data, width),
    ...layers.flatMap((layer) => layerText(data, layer, width)),
    "Sources and ranges: docs/settings.md",
    "",
  ].join("\n");
}

function head({ tier, capacity, needs, breaksFirst }: Explained, width: number): string[] {
  const inputs = INPUTS.filter((name) => capacity[name] !== undefined);
  return [
    `Tier ${tier}`,
    "",
    renderTable(
      [{ title: "load" }, { title: "" }, { title: "unit" }],
      inputs.map((name) => [name, number(capacity[name]), CAPACITY[name].unit]),
    ),
    "",
    renderTable(
      [{ title: "needs" }, { title: "" }, { title: "" }],
      [
        [
          "memory",
          number(needs.memoryMiB),
          `MiB, ${number(needs.connectionMemoryMiB)} of them for connections`,
        ],
        ["CPUs", number(needs.cpus), "advice: the requests' own work at 60 % use"],
        ["requests in flight", number(needs.requestsInFlight), "on the average"],
        ["descriptors", number(needs.descriptors), "for one nginx worker"],
        ["database", number(needs.databaseConnections), "connections, all hosts together"],
      ],
    ),
    "",
    renderTable(
      [
        { title: "breaks first" },
        { title: "at" },
        { title: "load" },
        { title: "then", widest: Math.max(width - 58, 22) },
      ],
      breaksFirst.map((limit) => [limit.limit, at(limit), `${limit.times}x`, then(limit)]),
    ),
    "",
  ];
}

const at = ({ at: load, unit }: Limit): string =>
  `${number(load)} ${unit === "connections" ? "held" : "req/s"}`;

const then = ({ then: outcome, onlyIf }: Limit): string =>
  onlyIf === undefined ? outcome : `${outcome}, if ${onlyIf}`;

function layerText({ settings, left }: Explained, layer: string, width: number): string[] {
  const set = settings.filter(({ concern }) => concern === layer);
  const alone = left.filter(({ concern }) => concern === layer);
  const planned = APPLIED.some(({ name }) => name === layer)
    ? ""
    : " (planned; not set on the host by this version)";
  const list = width >= WIDE ? wide : narrow;
  return [
    ...(set.length > 0 ? [`== ${layer}${planned}`, "", ...list(set.map(setRow), width), ""] : []),
    ...(alone.length > 0 ? [`== ${layer}: left alone`, "", ...list(alone.map(leftRow), width), ""] : []),
  ];
}

/** What both layouts show of a knob. */
interface Row {
  readonly name: string;
  readonly value: string;
  readonly rule: string;
  readonly unit: string;
  readonly given: string;
  readonly why: string;
  readonly source: string;
}

const setRow = ({ name, value, rule, unit, default: given, overridden, ...knob }: PlannedSetting): Row => ({
  name,
  value,
  rule: overridden ? `${rule}, your own` : rule,
  unit,
  given,
  ...texts(knob),
});

const leftRow = ({ name, unit, default: given, ...knob }: Knob): Row => ({
  name,
  value: "",
  rule: "left",
  unit,
  given,
  ...texts(knob),
});

const texts = ({
  why,
  condition,
  source,
}: Pick<Knob, "why" | "condition" | "source">): Pick<Row, "why" | "source"> => ({
  why: condition === undefined ? why : `${why} ${condition}`,
  source,
});

function wide(rows: readonly Row[], width: number): string[] {
  const columns = [
    { title: "setting", widest: 34 },
    { title: "default", widest: 20 },
    { title: "value or formula", widest: 24 },
    { title: "rule", widest: 9 },
    { title: "why", widest: width - 34 - 20 - 24 - 9 - 51 - 10 },
    { title: "source", widest: 51 }, // the longest name of a page and place
  ];
  return renderTable(
    columns,
    rows.map(({ name, given, value, rule, unit, why, source }) => [
      name,
      given,
      value,
      rule,
      withUnit(why, unit),
      source,
    ]),
  ).split("\n");
}

const withUnit = (why: string, unit: string): string => `${why} Unit: ${unit}.`;

/** The texts below the row of values, where they do not fit beside it. */
function narrow(rows: readonly Row[], width: number): string[] {
  const indent = "    ";
  const columns = [
    { title: "setting", widest: 34 },
    { title: "value or formula", widest: width - 34 - 8 - 14 - 6 },
    { title: "rule", widest: 8 },
    { title: "default", widest: 14 },
  ];
  const [titles = [], rule = [], ...lines] = tableRows(
    columns,
    rows.map(({ name, value, rule, given }) => [name, value, rule, given]),
  );
  const texts = rows.map(({ unit, why, source }) => [
    ...wrap(withUnit(why, unit), width, indent, indent),
    ...wrap(source, width, indent, indent),
    "",
  ]);
  return [...titles, ...rule, ...lines.flatMap((line, i) => [...line, ...(texts[i] ?? [])])];
}

/** Breaks at spaces, after commas in a list without spaces, and before nothing else. */
function wrap(text: string, width: number, first: string, others: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const part of text.match(/[^\s,]*[\s,]+|[^\s,]+/g) ?? []) {
    if (line.trim() !== "" && (line + part).trimEnd().length > width) {
      lines.push(line.trimEnd());
      line = others;
    }
    line += part;
  }
  return [...lines, line.trimEnd()];
}

/** 16384 as 16,384. */
const number = (value: unknown): string =>
  typeof value === "number" ? value.toLocaleString("en-US") : String(value);
