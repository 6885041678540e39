import { readFileSync } from "node:fs";

/** What a test runner says of its own run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Reads jest's `--json --outputFile`. A file that could not even start counts as one failure. */
export function jestCounts(path: string): Counts {
  const report = JSON.parse(readFileSync(path, "utf8")) as Record<string, number>;
  return {
    passed: report["numPassedTests"] ?? 0,
    failed: (report["numFailedTests"] ?? 0) + (report["numRuntimeErrorTestSuites"] ?? 0),
  };
}

/** Reads pytest's `--junit-xml`. */
export function pytestCounts(path: string): Counts {
  const head = /<testsuite [^>]*>/.exec(readFileSync(path, "utf8"))?.[0] ?? "";
  const number = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  return { passed: number("tests") - failed - number("skipped"), failed };
}
