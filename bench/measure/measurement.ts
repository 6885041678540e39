import type { TopLevelSpec } from "vega-lite";
import type { Say } from "../../lab/progress";

/** What was seen at a point of a line; numbers and words by what they are. */
export type Row = Readonly<Record<string, number | string>>;

/** How often what depends on the moment is measured unless told. */
export const ROUNDS = 3;

export interface How {
  /** On containers, few points, and nothing is written. */
  readonly quick: boolean;
  /** How often what depends on the moment is measured: medians are taken. */
  readonly rounds: number;
}

/** One line of a picture: something in some state, looked at again and again. */
export interface Line {
  readonly name: string;
  /** Loads, or just rounds. */
  readonly points: readonly number[];
  /** How long a point takes, beside others; absent: all take as long. */
  readonly weight?: (point: number) => number;
  /** Brings it into that state. @param name of a machine, if there is to be one */
  readonly open: (name: string, say: Say) => Promise<Opened>;
}

export interface Opened {
  readonly look: Look;
  /** Leaves nothing of it. */
  readonly close: () => Promise<void>;
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
  /** For the command's help: what is seen. */
  readonly seen: string;
  /** Takes so long that it is measured by its name alone. */
  readonly byNameAlone?: true;
  /** None: it has no quick form. */
  readonly lines: (how: How) => readonly Line[];
  readonly columns: readonly string[];
  /** What is printed: medians of rounds, sums of seconds; absent: all rows. */
  readonly shown?: (rows: readonly Row[]) => readonly Row[];
  readonly chart: (rows: readonly Row[]) => TopLevelSpec;
  readonly aims?: (rows: readonly Row[]) => readonly Aim[];
}

/** One line whose points are rounds; it has no quick form. */
export const inRounds =
  (name: string, open: Line["open"]): Measurement["lines"] =>
  ({ quick, rounds }) => [
    { name, points: Array.from({ length: quick ? 0 : rounds }, (_, index) => index + 1), open },
  ];
