import { member, shown, type Problem } from "./problem";

/** The load that a host must carry. Two loads, kept apart: one costs memory, the other costs work. */
export interface Capacity {
  /** Client connections held at the same time, idle ones included. Unit: connections. */
  readonly connections: number;
  /** Requests that arrive in a second. Unit: requests a second. */
  readonly requestsPerSecond: number;
}

interface Limits {
  readonly min: number;
  readonly max: number;
}

/** From what a host needs no tuning for, to what one host can hold at all (about 5 GB of sockets). */
export const CAPACITY_RANGES: Readonly<Record<keyof Capacity, Limits>> = {
  connections: { min: 100, max: 1_000_000 },
  requestsPerSecond: { min: 1, max: 1_000_000 },
};

const NAMES = Object.keys(CAPACITY_RANGES) as (keyof Capacity)[];

/** Everything that is wrong with a capacity that a user gave. */
export function capacityProblems(given: unknown): Problem[] {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return [{ path: "capacity", value: shown(given), allowed: `an object of ${NAMES.join(" and ")}` }];
  const values: Readonly<Record<string, unknown>> = { ...given };
  const strangers = Object.keys(values)
    .filter((name) => !(name in CAPACITY_RANGES))
    .map((name) => ({
      path: member("capacity", name),
      value: shown(values[name]),
      allowed: NAMES.join(", "),
    }));
  const wrong = NAMES.filter((name) => !isWithin(values[name], CAPACITY_RANGES[name])).map((name) => {
    const { min, max } = CAPACITY_RANGES[name];
    const allowed = `a whole number from ${min} to ${max}`;
    return { path: `capacity.${name}`, value: shown(values[name]), allowed };
  });
  return [...wrong, ...strangers];
}

const isWithin = (value: unknown, { min, max }: Limits): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
