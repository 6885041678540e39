/** 16384 as 16,384. */
export const number = (value: unknown): string =>
  typeof value === "number" ? value.toLocaleString("en-US") : String(value);
