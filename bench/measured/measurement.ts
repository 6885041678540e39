import type { TopLevelSpec } from "vega-lite";
import type { Machine, MachineOptions } from "../../lab/machine";
import type { Say } from "../../lab/progress";

/** What was seen at a point of a line; numbers and words by what they are. */
export type Row = Readonly<Record<string, number | string>>;

/** One line of a picture: a machine in some state, looked at again and again. */
export interface Line {
  readonly name: string;
  readonly points: readonly number[];
  readonly machine: MachineOptions;
  /** Brings a machine, as it was installed, into that state; what is returned looks at it. */
  readonly open: (machine: Machine, say: Say) => Promise<Look>;
}

/**
 * @returns rows, without their line's name
 * @throws Error where the server refused, was stopped or failed, if it should not have
 */
export type Look = (point: number, say: Say) => Promise<readonly Row[]>;

/** What was wanted of it. */
export interface Aim {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly holds: boolean;
}

/** Something of which docs/bench has a picture. */
export interface Measurement {
  /** Of the files in docs/bench. */
  readonly name: string;
  readonly title: string;
  /** In a sentence, for the picture's text. */
  readonly about: string;
  /** `quick`: on containers, in some seconds. */
  readonly lines: (quick: boolean) => readonly Line[];
  readonly columns: readonly string[];
  /** What is printed instead of all rows. */
  readonly shown?: (rows: readonly Row[]) => readonly Row[];
  readonly chart: (rows: readonly Row[]) => TopLevelSpec;
  readonly aims?: (rows: readonly Row[]) => readonly Aim[];
}
