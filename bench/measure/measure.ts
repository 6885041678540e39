import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { renderTable } from "../../components/tuning/table";
import type { Say } from "../../lab/progress";
import type { Aim, How, Line, Measurement, Row } from "./measurement";
import { blockOf, withBlock, type Finished } from "./page";
import { svgOf } from "./picture";
import { FINISHED, PAGE, Store } from "./store";

/**
 * Measures what is missing, and writes docs/bench when all is there.
 * @param how `anew`: what an earlier run has left is not taken
 * @returns forgets what was kept of it; absent: it has nothing to measure
 */
export async function measure(
  one: Measurement,
  how: How & { readonly anew: boolean },
  say: Say,
): Promise<(() => void) | undefined> {
  const lines = one.lines(how);
  if (lines.every(({ points }) => points.length === 0)) return undefined;
  const name = how.quick ? `${one.name}-quick` : one.name;
  const kept = new Store(name, how.rounds);
  if (how.quick || how.anew) kept.forget();
  const clock = new Clock(lines);
  const rows: Row[] = [];
  for (const line of lines) rows.push(...(await follow(line, { name, kept, clock, say })));
  const finished = finish(one, rows, hereAndNow());
  console.log(textOf(finished));
  if (!how.quick) await write(one, finished);
  return () => kept.forget();
}

interface Following {
  readonly name: string;
  readonly kept: Store;
  readonly clock: Clock;
  readonly say: Say;
}

/** The rows of a line, which is open as long as something is missing of it. */
async function follow(line: Line, { name, kept, clock, say }: Following): Promise<Row[]> {
  const rowsOf = (point: number) => kept.of(line.name, point)?.map((row) => ({ line: line.name, ...row }));
  const missing = line.points.filter((point) => !kept.of(line.name, point));
  clock.skip(
    line,
    line.points.filter((point) => !missing.includes(point)),
  );
  if (missing.length > 0) {
    const { look, close } = await line.open(`bench-${name}`, say);
    try {
      for (const point of missing) {
        say(`${name}: ${line.name}, ${point}; ${clock.text}`);
        kept.keep(line.name, point, await look(point, say));
        clock.step(line, point);
      }
    } finally {
      await close();
    }
  }
  return line.points.flatMap((point) => rowsOf(point) ?? []);
}

/** How far it is, and how long it takes from here if the rest goes on as what was done. */
class Clock {
  private readonly start = Date.now();
  /** Points that there are, that were measured now, and that an earlier run has left. */
  private readonly all: number;
  private done = 0;
  private skipped = 0;
  /** The same, by how long they take. */
  private left: number;
  private spent = 0;

  constructor(lines: readonly Line[]) {
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
    const minutes = Math.ceil((((Date.now() - this.start) / this.spent) * this.left) / 60_000);
    const left = this.spent > 0 ? minutes : "?";
    return `point ${this.done + this.skipped + 1} of ${this.all}, ${left} minutes left`;
  }
}

const weigh = ({ weight = () => 1 }: Line, points: readonly number[]): number =>
  points.reduce((sum, point) => sum + weight(point), 0);

/** For whoever has waited for it. */
function textOf({ title, columns, rows, shown = rows, aims }: Finished): string {
  const table = renderTable(
    columns.map((column) => ({ title: column })),
    shown.map((row) => columns.map((column) => String(row[column] ?? ""))),
  );
  return `\n${title}\n\n${table}\n${aims.map(aimLine).join("\n")}\n`;
}

const aimLine = ({ what, wanted, found, holds }: Aim): string =>
  `${what}: wanted ${wanted}, found ${found}${holds ? "" : ": falls short"}`;

const fileOf = (name: string): string => join(FINISHED, `${name}.json`);

/** When and where it was measured. */
type Circumstances = Pick<Finished, "measured" | "computer">;

/** All that follows from its rows, but for the picture. */
function finish(one: Measurement, rows: readonly Row[], circumstances: Circumstances): Finished {
  const { name, title, about, columns } = one;
  const shown = one.shown?.(rows);
  return {
    title,
    about,
    command: `npm run bench -- --only ${name}`,
    ...circumstances,
    aims: one.aims?.(rows) ?? [],
    columns,
    ...(shown && { shown }),
    rows,
  };
}

/** Its file, its picture, and its place in the page. */
async function write({ name, chart }: Measurement, finished: Finished): Promise<void> {
  mkdirSync(FINISHED, { recursive: true });
  writeFileSync(fileOf(name), `${JSON.stringify(finished, null, 1)}\n`);
  writeFileSync(join(FINISHED, `${name}.svg`), await svgOf(chart(finished.rows)));
  writeFileSync(PAGE, withBlock(readFileSync(PAGE, "utf8"), name, blockOf(name, finished)));
}

function hereAndNow(): Circumstances {
  const [{ model = "unknown" } = {}] = cpus();
  const memoryMiB = Math.round(totalmem() / 2 ** 20);
  return {
    measured: new Date().toISOString().slice(0, 10),
    computer: { cpus: cpus().length, model, memoryMiB, kernel: release(), node: process.version },
  };
}

/** What was measured, or nothing. */
export function finishedOf(name: string): Finished | undefined {
  return existsSync(fileOf(name)) ? (JSON.parse(readFileSync(fileOf(name), "utf8")) as Finished) : undefined;
}

/** Writes all that follows from its rows anew, and measures nothing. */
export async function draw(one: Measurement): Promise<void> {
  const { rows, measured, computer } = finishedOf(one.name) ?? {};
  if (rows && measured && computer) await write(one, finish(one, rows, { measured, computer }));
}
