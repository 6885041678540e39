import type { Line } from "./measurement";

/** How far a measurement is, and how long it takes from here if the rest goes on as what was done. */
export class Clock {
  private readonly start: number;
  /** Points that there are, that were measured now, and that an earlier run has left. */
  private readonly all: number;
  private done = 0;
  private skipped = 0;
  /** The same, by how long they take. */
  private left: number;
  private spent = 0;

  /** @param now Unit: milliseconds. */
  constructor(
    lines: readonly Line[],
    private readonly now: () => number = Date.now,
  ) {
    this.start = now();
    this.all = lines.reduce((sum, { points }) => sum + points.length, 0);
    this.left = lines.reduce((sum, line) => sum + weigh(line, line.points), 0);
  }

  step(line: Line, point: number): void {
    this.done++;
    this.left -= weigh(line, [point]);
    this.spent += weigh(line, [point]);
  }

  skip(line: Line, points: readonly number[]): void {
    this.skipped += points.length;
    this.left -= weigh(line, points);
  }

  get text(): string {
    const minutes = Math.ceil((((this.now() - this.start) / this.spent) * this.left) / 60_000);
    const left = this.spent > 0 ? minutes : "?";
    return `point ${this.done + this.skipped + 1} of ${this.all}, ${left} minutes left`;
  }
}

const weigh = ({ weight = () => 1 }: Line, points: readonly number[]): number =>
  points.reduce((sum, point) => sum + weight(point), 0);
