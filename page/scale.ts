/** A slider's range, on which each step is as much more in proportion. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  /** What a value is rounded to: two digits that count, whole numbers of them, or eighths of a power of two. */
  readonly round: "digits" | "whole" | "binary";
}

/** Places of a slider. */
export const PLACES = 200;

/** The place of a value, as near as there is one. */
export function placeOf({ min, max }: Scale, value: number): number {
  const inside = Math.min(Math.max(value, min), max);
  return Math.round((PLACES * Math.log(inside / min)) / Math.log(max / min));
}

/** The value of a place. */
export function valueAt({ min, max, round }: Scale, place: number): number {
  const exact = min * (max / min) ** (place / PLACES);
  return Math.min(Math.max(ROUND[round](exact), min), max);
}

/** The next place in a direction at which there is another value than at this one; the end where there is none. */
export function next(scale: Scale, place: number, direction: 1 | -1): number {
  const value = valueAt(scale, place);
  let to = place + direction;
  while (to > 0 && to < PLACES && valueAt(scale, to) === value) to += direction;
  return Math.min(Math.max(to, 0), PLACES);
}

const digits = (value: number): number => Number(value.toPrecision(2));

const ROUND: Readonly<Record<Scale["round"], (value: number) => number>> = {
  digits,
  whole: (value) => Math.round(digits(value)),
  binary: (value) => {
    const step = 2 ** (Math.floor(Math.log2(value)) - 2);
    return Math.round(value / step) * step;
  },
};
