import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { renderTable } from "../../components/tuning/table";
import type { Say } from "../../lab/progress";
import { Clock } from "./clock";
import { follow } from "./follow";
import { ROUNDS, type Aim, type How, type Measurement, type Row } from "./measurement";
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
  const finished = finish(one, rows, hereAndNow(how));
  console.log(textOf(finished));
  if (!how.quick) await write(one, finished);
  return () => kept.forget();
}

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

/** When, how often and where it was measured. */
type Circumstances = Pick<Finished, "measured" | "rounds" | "computer">;

const commandOf = (name: string, rounds: number): string =>
  `npm run bench -- --only ${name}${rounds === ROUNDS ? "" : ` --rounds ${rounds}`}`;

/** All that follows from its rows, but for the picture. */
function finish(one: Measurement, rows: readonly Row[], circumstances: Circumstances): Finished {
  const { name, title, about, columns } = one;
  const shown = one.shown?.(rows);
  return {
    title,
    about,
    command: commandOf(name, circumstances.rounds),
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

function hereAndNow({ rounds }: How): Circumstances {
  const [{ model = "unknown" } = {}] = cpus();
  const memoryMiB = Math.round(totalmem() / 2 ** 20);
  return {
    measured: new Date().toISOString().slice(0, 10),
    rounds,
    computer: { cpus: cpus().length, model, memoryMiB, kernel: release(), node: process.version },
  };
}

/** What was measured, or nothing. */
export function finishedOf(name: string): Finished | undefined {
  return existsSync(fileOf(name)) ? (JSON.parse(readFileSync(fileOf(name), "utf8")) as Finished) : undefined;
}

/**
 * Writes all that follows from its rows anew, and measures nothing.
 * @throws Error where it was never measured
 */
export async function draw(one: Measurement): Promise<void> {
  const finished = finishedOf(one.name);
  if (!finished)
    throw new Error(`${fileOf(one.name)} is missing: measure it with ${commandOf(one.name, ROUNDS)}`);
  const { rows, measured, rounds, computer } = finished;
  await write(one, finish(one, rows, { measured, rounds, computer }));
}
