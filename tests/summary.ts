import { basename } from "node:path";
import { renderTable } from "../components/tuning/table";
import { total, type FileRun } from "./counts";

const SLOWEST = 5;

/** What ran where: a line for each project of tests. */
export function whatRanWhere(runs: readonly FileRun[]): string {
  const names = [...new Set(runs.map(({ project }) => project))];
  const rows = names.map((name) => {
    const its = runs.filter(({ project }) => project === name);
    const { kind, release } = its[0] ?? {};
    const { passed, failed } = total(its);
    const seconds = its.reduce((sum, run) => sum + run.seconds, 0);
    const where = kind === undefined ? "this computer" : `${kind}, ${release ?? ""}`;
    return [name, where, String(its.length), String(passed), String(failed), seconds.toFixed(0)];
  });
  const columns = ["tests", "ran on", "files", "passed", "failed", "seconds"].map((title) => ({ title }));
  return renderTable(columns, rows);
}

export function slowest(runs: readonly FileRun[]): string {
  const first = [...runs].sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
  const names = first.map(
    ({ project, file, seconds }) => `${basename(file, ".test.ts")} (${project}) ${seconds.toFixed(0)} s`,
  );
  return `slowest: ${names.join(", ")}`;
}
