import type { Aim, Row } from "./measurement";

/** A file of docs/bench. */
export interface Finished {
  readonly title: string;
  readonly about: string;
  readonly command: string;
  /** The day. */
  readonly measured: string;
  /** How often what depends on the moment was measured. */
  readonly rounds: number;
  readonly computer: Readonly<Record<string, number | string>>;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** What a table has instead of the rows. */
  readonly shown?: readonly Row[];
  readonly aims: readonly Aim[];
}

/** Rows that a page has without being asked. */
const FEW = 12;

const line = (cells: readonly unknown[]): string => `| ${cells.map(String).join(" | ")} |`;
const table = (columns: readonly string[], rows: readonly (readonly unknown[])[]): string[] => [
  line(columns),
  line(columns.map(() => "---")),
  ...rows.map(line),
];

const grouped = (number: number | string): string =>
  typeof number === "number" ? number.toLocaleString("en-US", { maximumFractionDigits: 3 }) : number;

/** What a page says of it: its picture, its aims and its numbers. Markdown. */
export function blockOf(name: string, finished: Finished): string {
  const { title, about, command, measured, computer, columns, aims } = finished;
  const rows = finished.shown ?? finished.rows;
  const numbers = table(
    columns,
    rows.map((row) => columns.map((column) => grouped(row[column] ?? ""))),
  );
  const hidden = rows.length > FEW;
  return [
    about,
    "",
    `![${title}](bench/${name}.svg)`,
    "",
    ...(aims.length === 0
      ? []
      : [
          ...table(
            ["aim", "wanted", "found"],
            aims.map(({ what, wanted, found, holds }) => [
              what,
              wanted,
              holds ? found : `${found}: **falls short**`,
            ]),
          ),
          "",
        ]),
    ...(hidden ? ["<details><summary>All numbers</summary>", ""] : []),
    ...numbers,
    ...(hidden ? ["", "</details>"] : []),
    "",
    `\`${command}\`, ${measured}, on ${computer["cpus"]} CPUs (${computer["model"]}), Linux ${computer["kernel"]}.`,
  ].join("\n");
}

const begin = (name: string): string => `<!-- ${name}: written by npm run bench -->`;
const end = (name: string): string => `<!-- end of ${name} -->`;

/** What stands between the marks of a measurement; undefined: the page has none. */
export function blockIn(page: string, name: string): string | undefined {
  const [from, to] = [page.indexOf(begin(name)), page.indexOf(end(name))];
  return from < 0 || to < from ? undefined : page.slice(from + begin(name).length, to).trim();
}

/** @throws Error where the page has no place for it */
export function withBlock(page: string, name: string, block: string): string {
  const old = blockIn(page, name);
  if (old === undefined)
    throw new Error(`docs/benchmarks.md has no place for ${name}: put ${begin(name)} and ${end(name)} there`);
  const [before = ""] = page.split(begin(name));
  const [, after = ""] = page.split(end(name));
  return `${before}${begin(name)}\n\n${block}\n\n${end(name)}${after}`;
}
