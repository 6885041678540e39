/** One column of a table: its title, and how wide it may grow before its cells wrap. */
export interface Column {
  readonly title: string;
  /** Unit: characters. @default no limit */
  readonly widest?: number;
}

/** Rows under titles and a rule, in columns two spaces apart, without spaces at the line ends. */
export const renderTable = (columns: readonly Column[], rows: readonly (readonly string[])[]): string =>
  tableRows(columns, rows).flat().join("\n");

/** The same row by row, each the lines it takes: the titles, the rule, then those given. */
export function tableRows(columns: readonly Column[], rows: readonly (readonly string[])[]): string[][] {
  const titles = columns.map(({ title }) => [title]);
  const cells = rows.map((row) => columns.map(({ widest }, i) => wrapped(row[i] ?? "", widest ?? Infinity)));
  const widths = columns.map((_, i) =>
    Math.max(...[titles, ...cells].flatMap((row) => (row[i] ?? []).map((line) => line.length))),
  );
  const rule = widths.map((width) => ["-".repeat(width)]);
  return [titles, rule, ...cells].map((row) => lines(row, widths));
}

/** Parts that end in a comma, a space or a slash: a port or a path's name is never cut. */
const PARTS = /[^,/ ]*[,/ ]|[^,/ ]+/g;
/** Parts that end in a space: an address is never cut. */
export const WORDS = /[^ ]* |[^ ]+/g;

/** The lines a text takes, none wider than `widest` where its parts allow it. */
export function wrapped(text: string, widest: number, parts = PARTS): string[] {
  const result: string[] = [];
  let line = "";
  for (const part of text.match(parts) ?? []) {
    if (line !== "" && (line + part).trimEnd().length > widest) {
      result.push(line.trimEnd());
      line = "";
    }
    line += part;
  }
  return [...result, line.trimEnd()];
}

function lines(row: readonly string[][], widths: readonly number[]): string[] {
  const height = Math.max(...row.map((cell) => cell.length));
  return Array.from({ length: height }, (_, at) =>
    row
      .map((cell, i) => (cell[at] ?? "").padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
