import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { renderTable } from "../../components/tuning/table";
import { bootMachine, removeMachine } from "../../lab/machine";
import type { Say } from "../../lab/progress";
import type { Aim, Line, Measurement, Row } from "./measurement";
import { svgOf } from "./picture";
import { FINISHED, Store } from "./store";

export interface How {
  /** On containers, few points, and nothing is written. */
  readonly quick: boolean;
  /** What an earlier run has left is not taken. */
  readonly anew: boolean;
}

/** Measures what is missing, and writes docs/bench when all is there. */
export async function measured(one: Measurement, { quick, anew }: How, say: Say): Promise<void> {
  const kept = new Store(quick ? `${one.name}-quick` : one.name);
  if (quick || anew) kept.forget();
  const lines = one.lines(quick);
  const clock = new Clock(lines.reduce((sum, { points }) => sum + points.length, 0));
  const rows: Row[] = [];
  for (const line of lines) rows.push(...(await follow(one, line, { kept, clock, say })));
  const aims = one.aims?.(rows) ?? [];
  console.log(
    `\n${one.title}\n\n${tableOf(one.columns, one.shown?.(rows) ?? rows)}\n${aims.map(aimLine).join("\n")}\n`,
  );
  if (!quick) await write(one, rows, aims);
  kept.forget();
}

interface Following {
  readonly kept: Store;
  readonly clock: Clock;
  readonly say: Say;
}

/** The rows of a line; its machine is there as long as something is to be measured on it. */
async function follow(one: Measurement, line: Line, { kept, clock, say }: Following): Promise<Row[]> {
  const rowsOf = (point: number) => kept.of(line.name, point)?.map((row) => ({ line: line.name, ...row }));
  const missing = line.points.filter((point) => !kept.of(line.name, point));
  clock.skip(line.points.length - missing.length);
  if (missing.length > 0) {
    const name = `bench-${one.name}`;
    // Tethered: a run that is killed leaves no machine in some state behind, which the next one would go on with.
    const machine = await bootMachine(name, say, { ...line.machine, tethered: true });
    try {
      const look = await line.open(machine, say);
      for (const point of missing) {
        say(`${one.name}: ${line.name}, ${point}; ${clock.text}`);
        kept.keep(line.name, point, await look(point, say));
        clock.step();
      }
    } finally {
      await removeMachine(name, say);
    }
  }
  return line.points.flatMap((point) => rowsOf(point) ?? []);
}

/** How far it is, and how long it takes from here if the rest takes as long as what was done. */
class Clock {
  private readonly start = Date.now();
  private done = 0;
  private skipped = 0;

  constructor(private readonly all: number) {}

  step(): void {
    this.done++;
  }

  skip(count: number): void {
    this.skipped += count;
  }

  get text(): string {
    const left = this.all - this.done - this.skipped;
    const minutes = this.done ? Math.ceil((((Date.now() - this.start) / this.done) * left) / 60_000) : "?";
    return `point ${this.done + this.skipped + 1} of ${this.all}, ${minutes} minutes left`;
  }
}

const tableOf = (columns: readonly string[], rows: readonly Row[]): string =>
  renderTable(
    columns.map((title) => ({ title })),
    rows.map((row) => columns.map((name) => String(row[name] ?? ""))),
  );

const aimLine = ({ what, wanted, found, holds }: Aim): string =>
  `${what}: wanted ${wanted}, found ${found}${holds ? "" : ": falls short"}`;

async function write(one: Measurement, rows: readonly Row[], aims: readonly Aim[]): Promise<void> {
  const [{ model = "unknown" } = {}] = cpus();
  const computer = {
    cpus: cpus().length,
    model,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
  };
  const measured = new Date().toISOString().slice(0, 10);
  const command = `npm run bench -- --only ${one.name}`;
  const { title, about } = one;
  mkdirSync(FINISHED, { recursive: true });
  const file = join(FINISHED, one.name);
  writeFileSync(
    `${file}.json`,
    `${JSON.stringify({ title, about, command, measured, computer, aims, rows }, null, 1)}\n`,
  );
  writeFileSync(`${file}.svg`, await svgOf(one.chart(rows)));
}
