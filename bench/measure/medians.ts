import { median } from "./median";
import type { Row } from "./measurement";

/** Rows that have the same words are one, which the others are told with. */
export function together(
  rows: readonly Row[],
  words: readonly string[],
  tell: (alike: readonly Row[]) => Row,
): Row[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(words.map((word) => row[word]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((alike) => ({
    ...Object.fromEntries(words.map((word) => [word, alike[0]?.[word] ?? ""])),
    ...tell(alike),
  }));
}

/** One row of all those that have the same words, with the median, the least and the most of a number. */
export const medians = (rows: readonly Row[], words: readonly string[], number: string): Row[] =>
  together(rows, words, (alike) => {
    const values = alike.map((row) => Number(row[number]));
    return { [number]: median(values), least: Math.min(...values), most: Math.max(...values) };
  });

/** The same, with each median as a multiple of the base's. */
export function ratios(
  rows: readonly Row[],
  words: readonly string[],
  number: string,
  isBase: (row: Row, of: Row) => boolean,
): Row[] {
  const all = medians(rows, words, number);
  return all.map((row) => {
    const base = all.find((other) => isBase(other, row));
    const ratio = Number(row[number]) / Number(base?.[number] ?? NaN);
    return { ...row, ratio: Number(ratio.toPrecision(2)) };
  });
}

/** The number of the row that has these words. */
export function numberAt(rows: readonly Row[], words: Row, number: string): number {
  const row = rows.find((one) => Object.entries(words).every(([word, value]) => one[word] === value));
  return Number(row?.[number] ?? NaN);
}
