import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { toStderr } from "../../../lab/progress";
import { must } from "../../../lab/run";
import { asked } from "../oracle";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";

/** Whatever a version or a machine lacks. */
const AT_LEAST = 95;

interface Said {
  readonly read: number;
  /** What this nginx lacks for them, by name. */
  readonly leftOut: Readonly<Record<string, readonly string[]>>;
  readonly wrong: readonly string[];
}

let host: Pristine;

eachFromPristine((pristine) => {
  host = pristine;
});

test(
  "the real nginx reads each configuration of the corpus, and what the editor makes of it, by the same files",
  async () => {
    const corpus = await must("python3", [join(__dirname, "../corpusSample.py")]);
    const { read, leftOut, wrong } = await asked<Said>(host.tuned, "corpusOracle.py", [], corpus);
    const reasons = Object.entries(leftOut).map(([name, lacks]) => `${name} (${lacks.join(", ")})`);
    toStderr(`${read} configurations were read, left out were ${reasons.join(", ") || "none"}`);
    expect(wrong).toEqual([]);
    expect(read).toBeGreaterThanOrEqual(AT_LEAST);
    expect(read + reasons.length).toBe((JSON.parse(corpus) as unknown[]).length);
  },
  5 * MINUTES,
);
