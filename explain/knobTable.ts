import type { PlannedSetting } from "../components/tuning/plan";
import type { Knob } from "../components/tuning/setting";
import { renderTable, tableRows, WORDS, wrapped, type Column } from "../components/tuning/table";

/** From here on all columns of a knob fit beside each other. */
const WIDE = 180;
/** The longest name of a page and a place on it. */
const SOURCE = 51;
const NAME = 34;

/** One knob of a table: the short columns, and the texts that go beside or below them. */
interface Row {
  readonly cells: readonly string[];
  readonly why: string;
  readonly source: string;
}

export function settingsTable(settings: readonly PlannedSetting[], width: number): string {
  const wide = width >= WIDE;
  const columns = [
    { title: "setting", widest: NAME },
    { title: "default", widest: wide ? 20 : 14 },
    { title: "value or formula", widest: wide ? 24 : width - NAME - 14 - 8 - 6 },
    { title: "rule", widest: 8 },
  ];
  const rows = settings.map(({ name, default: given, rule, ...setting }) => ({
    cells: [name, given, valueText(setting), rule],
    ...texts(setting),
  }));
  return table(columns, rows, width);
}

export function leftTable(knobs: readonly Knob[], width: number): string {
  const columns = [
    { title: "knob", widest: NAME },
    { title: "default", widest: width >= WIDE ? 40 : width - NAME - 2 },
  ];
  const rows = knobs.map(({ name, default: given, ...knob }) => ({ cells: [name, given], ...texts(knob) }));
  return table(columns, rows, width);
}

function valueText({
  value,
  comesTo,
  overridden,
}: Pick<PlannedSetting, "value" | "comesTo" | "overridden">): string {
  if (overridden) return `${value} (yours)`;
  return comesTo === undefined ? value : `${value} = ${comesTo}`;
}

const texts = ({ why, condition, unit, source }: Pick<Knob, "why" | "condition" | "unit" | "source">) => ({
  why: [why, ...(condition === undefined ? [] : [condition]), `Unit: ${unit}.`].join(" "),
  source,
});

function table(columns: readonly Column[], rows: readonly Row[], width: number): string {
  return width >= WIDE ? besideEachOther(columns, rows, width) : belowEachOther(columns, rows, width);
}

function besideEachOther(columns: readonly Column[], rows: readonly Row[], width: number): string {
  const taken = columns.reduce((sum, { widest = 0 }) => sum + widest + 2, 0);
  const all = [
    ...columns,
    { title: "why", widest: width - taken - SOURCE - 2 },
    { title: "source", widest: SOURCE },
  ];
  return renderTable(
    all,
    rows.map(({ cells, why, source }) => [...cells, why, source]),
  );
}

function belowEachOther(columns: readonly Column[], rows: readonly Row[], width: number): string {
  const [titles = [], rule = [], ...lines] = tableRows(
    columns,
    rows.map(({ cells }) => cells),
  );
  const below = rows.map(({ why, source }) => [...indented(why, width), ...indented(source, width), ""]);
  return [...titles, ...rule, ...lines.flatMap((line, i) => [...line, ...(below[i] ?? [])])]
    .join("\n")
    .trimEnd();
}

const INDENT = "    ";

const indented = (text: string, width: number): string[] =>
  wrapped(text, width - INDENT.length, WORDS).map((line) => INDENT + line);
