import type { Say } from "../../lab/progress";
import type { Clock } from "./clock";
import type { Line, Row } from "./measurement";
import type { Store } from "./store";

export interface Following {
  /** Of the measurement. */
  readonly name: string;
  readonly kept: Store;
  readonly clock: Clock;
  readonly say: Say;
}

/** The rows of a line, which is open as long as something is missing of it. What is found is kept at once. */
export async function follow(line: Line, { name, kept, clock, say }: Following): Promise<Row[]> {
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
