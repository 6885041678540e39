/** What a number has behind its point is kept; a formatter may cut it to three digits, or to none. */
const WHOLLY = { maximumFractionDigits: 20 } as const;

/** 16384 as 16,384, and 0.0896 as it is. */
export const number = (value: unknown): string =>
  typeof value === "number" ? value.toLocaleString("en-US", WHOLLY) : String(value);

/** So many of something whose plural ends in s. */
export const count = (n: number, what: string): string => `${number(n)} ${what}${n === 1 ? "" : "s"}`;
