import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./measurement";

const PROJECT = join(__dirname, "..", "..");
/** What is finished, and belongs to the documentation. */
export const FINISHED = join(PROJECT, "docs", "bench");
/** Which tells of all that is finished. */
export const PAGE = join(PROJECT, "docs", "benchmarks.md");
/** What a run that was stopped has left. */
const UNFINISHED = join(PROJECT, ".bench");

/** Points that were measured, of one measurement, in a file: a run that is stopped goes on from there. */
export class Store {
  private readonly path: string;
  private found: Record<string, readonly Row[]>;

  constructor(name: string) {
    this.path = join(UNFINISHED, `${name}.json`);
    this.found = existsSync(this.path)
      ? (JSON.parse(readFileSync(this.path, "utf8")) as Record<string, readonly Row[]>)
      : {};
  }

  of(line: string, point: number): readonly Row[] | undefined {
    return this.found[keyOf(line, point)];
  }

  keep(line: string, point: number, rows: readonly Row[]): void {
    this.found[keyOf(line, point)] = rows;
    mkdirSync(UNFINISHED, { recursive: true });
    writeFileSync(this.path, JSON.stringify(this.found));
  }

  forget(): void {
    this.found = {};
    rmSync(this.path, { force: true });
  }
}

const keyOf = (line: string, point: number): string => `${line}, ${point}`;
