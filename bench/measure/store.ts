import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import type { Row } from "./measurement";

const PROJECT = join(__dirname, "..", "..");
/** What is finished, and belongs to the documentation. */
export const FINISHED = join(PROJECT, "docs", "bench");
/** Which tells of all that is finished. */
export const PAGE = join(PROJECT, "docs", "benchmarks.md");
/** What a run that was stopped has left. */
const UNFINISHED = join(PROJECT, ".bench");

/** What a measurement is made of: points that something else has made are no points of it. */
const MADE_OF = ["audit", "bench", "components", "explain", "lab"];

interface Kept {
  readonly by: string;
  readonly found: Record<string, readonly Row[]>;
}

/** Points that were measured, of one measurement, in a file: a run that is stopped goes on from there. */
export class Store {
  private readonly path: string;
  private readonly by: string;
  private found: Kept["found"] = {};

  constructor(name: string, rounds: number) {
    this.path = join(UNFINISHED, `${name}.json`);
    this.by = JSON.stringify([hashOf(MADE_OF), rounds, release(), cpus().length]);
    if (!existsSync(this.path)) return;
    const left = JSON.parse(readFileSync(this.path, "utf8")) as Kept;
    if (left.by === this.by) this.found = left.found;
  }

  of(line: string, point: number): readonly Row[] | undefined {
    return this.found[keyOf(line, point)];
  }

  keep(line: string, point: number, rows: readonly Row[]): void {
    this.found[keyOf(line, point)] = rows;
    mkdirSync(UNFINISHED, { recursive: true });
    const beside = `${this.path}.new`;
    writeFileSync(beside, JSON.stringify({ by: this.by, found: this.found }));
    renameSync(beside, this.path); // a run that is stopped meanwhile leaves what there was
  }

  forget(): void {
    this.found = {};
    rmSync(this.path, { force: true });
  }
}

const keyOf = (line: string, point: number): string => `${line}, ${point}`;

function hashOf(folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders)
    for (const entry of readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile() && !entry.parentPath.includes("__pycache__")) {
        const path = join(entry.parentPath, entry.name);
        hash.update(path).update(readFileSync(path));
      }
  return hash.digest("hex");
}
