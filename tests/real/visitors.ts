import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tuned } from "../../lab/drive/tuned";

const PROGRAM = readFileSync(join(__dirname, "visitors.py"), "utf8");

export interface Visit {
  readonly visitors: number;
  /** The longest that they stay. Unit: seconds. */
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
export class Visitors {
  /** What they were answered, once they have left: after the visit's seconds, or when they are told to. */
  readonly visited: Promise<Visited>;
  private readonly told = `/run/visitors-${randomUUID()}`;

  constructor(
    private readonly tuned: Tuned,
    { visitors, seconds, method = "GET", path = "/", pause = 0.3 }: Visit,
  ) {
    const line = `python3 - ${visitors} ${seconds} ${method} '${path}' ${pause} ${this.told}; rm -f ${this.told}`;
    this.visited = tuned.root(line, PROGRAM).then((text) => JSON.parse(text) as Visited);
    this.visited.catch(() => undefined); // told to whoever waits for them
  }

  /** Tells them to leave as soon as they have so many answers, and waits for it. */
  async leave(answers = 0): Promise<Visited> {
    await this.tuned.root(`echo ${answers} >${this.told}.new && mv ${this.told}.new ${this.told}`);
    return this.visited;
  }
}
