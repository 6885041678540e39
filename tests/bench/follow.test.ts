// A run that is stopped goes on where it was, and says how far it is and how long the rest takes.
import { afterEach, expect, it } from "@jest/globals";
import { Clock } from "../../bench/measure/clock";
import { follow } from "../../bench/measure/follow";
import type { Line } from "../../bench/measure/measurement";
import { Store } from "../../bench/measure/store";

const NAME = "followed-by-a-test";
const MINUTE = 60_000;

afterEach(() => new Store(NAME, 1).forget());

/** Of lines whose points take a minute each, or as many as their weight. */
class Run {
  readonly looked: string[] = [];
  readonly said: string[] = [];
  private minutes = 0;
  private open = 0;

  constructor(private readonly failsAt?: number) {}

  private readonly line = (name: string, points: readonly number[], weight?: Line["weight"]): Line => ({
    name,
    points,
    ...(weight && { weight }),
    open: () => {
      this.open++;
      return Promise.resolve({
        look: (point) => {
          this.minutes += weight?.(point) ?? 1;
          if (point === this.failsAt) throw new Error(`no answer at ${point}`);
          this.looked.push(`${name} ${point}`);
          return Promise.resolve([{ point }]);
        },
        close: () => Promise.resolve(void this.open--),
      });
    },
  });

  async go() {
    const lines = [this.line("a", [1, 2]), this.line("b", [3, 4], (point) => point)];
    const clock = new Clock(lines, () => this.minutes * MINUTE);
    const kept = new Store(NAME, 1);
    const say = (text: string) => void this.said.push(text.replace(/^.*; /, ""));
    const rows = [];
    for (const line of lines) rows.push(...(await follow(line, { name: NAME, kept, clock, say })));
    return rows;
  }

  get left(): number {
    return this.open;
  }
}

const ALL = [
  { line: "a", point: 1 },
  { line: "a", point: 2 },
  { line: "b", point: 3 },
  { line: "b", point: 4 },
];

it("tells the time left by what was measured so far, each point by its weight", async () => {
  const run = new Run();
  expect(await run.go()).toEqual(ALL);
  expect(run.said).toEqual([
    "point 1 of 4, ? minutes left",
    "point 2 of 4, 8 minutes left",
    "point 3 of 4, 7 minutes left",
    "point 4 of 4, 4 minutes left",
  ]);
  expect(run.left).toBe(0);
});

it("goes on after the last point that was found, and leaves nothing open where one fails", async () => {
  const stopped = new Run(4);
  await expect(stopped.go()).rejects.toThrow("no answer at 4");
  expect([stopped.looked, stopped.left]).toEqual([["a 1", "a 2", "b 3"], 0]);

  const next = new Run();
  expect(await next.go()).toEqual(ALL);
  expect([next.looked, next.left]).toEqual([["b 4"], 0]);
  expect(next.said).toEqual(["point 4 of 4, ? minutes left"]);
});
