import { existsSync, readFileSync } from "node:fs";

/** What a test runner says of its own run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** A file of tests: a line of jestReporter.js. */
export interface FileRun extends Counts {
  readonly project: string;
  /** What it ran on: a kind of machine and a release of Debian; absent where it needs no machine. */
  readonly kind?: string;
  readonly release?: string;
  readonly file: string;
  readonly seconds: number;
}

/** Reads what jestReporter.js wrote. */
export function jestRuns(path: string): FileRun[] {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as FileRun);
}

/** Reads pytest's `--junit-xml`. */
export function pytestCounts(path: string): Counts {
  if (!existsSync(path)) return { passed: 0, failed: 1 }; // it has not come that far
  const head = /<testsuite [^>]*>/.exec(readFileSync(path, "utf8"))?.[0] ?? "";
  const number = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  return { passed: number("tests") - failed - number("skipped"), failed };
}

export function total(all: readonly Counts[]): Counts {
  const sum = (count: (one: Counts) => number) => all.reduce((so, one) => so + count(one), 0);
  return { passed: sum(({ passed }) => passed), failed: sum(({ failed }) => failed) };
}
