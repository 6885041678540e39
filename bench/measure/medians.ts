import { median } from "./median";
import type { Row } from "./measurement";

/** One row of all those that have the same words, with the median, the least and the most of a number. */
export function medians(rows: readonly Row[], words: readonly string[], number: string): Row[] {
  const alike = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(words.map((word) => row[word]));
    alike.set(key, [...(alike.get(key) ?? []), row]);
  }
  return [...alike.values()].map((some) => {
    const values = some.map((row) => Number(row[number]));
    const same = Object.fromEntries(words.map((word) => [word, some[0]?.[word] ?? ""]));
    return { ...same, [number]: median(values), least: Math.min(...values), most: Math.max(...values) };
  });
}

/** With each number as a multiple of the one of the row that is the base. */
export function withRatio(
  rows: readonly Row[],
  number: string,
  isBase: (row: Row, of: Row) => boolean,
): Row[] {
  return rows.map((row) => {
    const base = rows.find((other) => isBase(other, row));
    const ratio = Number(row[number]) / Number(base?.[number] ?? NaN);
    return { ...row, ratio: Number(ratio.toPrecision(2)) };
  });
}

/** The number of the row that has these words. */
export function numberAt(rows: readonly Row[], words: Row, number: string): number {
  const row = rows.find((one) => Object.entries(words).every(([word, value]) => one[word] === value));
  return Number(row?.[number] ?? NaN);
}
