import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tuned } from "../../lab/drive/tuned";

const PROGRAM = readFileSync(join(__dirname, "visitors.py"), "utf8");

export interface Visit {
  readonly visitors: number;
  /** Unit: seconds. */
  readonly seconds: number;
  readonly method?: "GET" | "POST";
  readonly path?: string;
  /** The longest pause between two requests of one. Unit: seconds. */
  readonly pause?: number;
}

export interface Visited {
  /** By status, or by what failed. */
  readonly answers: Readonly<Record<string, number>>;
  /** Unit: seconds. */
  readonly longest: number;
}

/** People on the machine itself who ask its nginx, each by a connection that is kept. */
export async function visit(tuned: Tuned, given: Visit): Promise<Visited> {
  const { visitors, seconds, method = "GET", path = "/", pause = 0.3 } = given;
  const line = `python3 - ${visitors} ${seconds} ${method} '${path}' ${pause}`;
  return JSON.parse(await tuned.root(line, PROGRAM)) as Visited;
}
