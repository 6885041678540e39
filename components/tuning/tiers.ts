import { capacityProblems, type Capacity } from "./capacity";
import { shown, type Problem } from "./problem";

/**
 * Loads with a name. A user thinks 10 to 20 seconds between two clicks, so that N users send N/20 to N/10 requests a
 * second: the tiers take the busier end.
 */
export const TIERS: ReadonlyMap<string, Capacity> = new Map([
  ["2k", { connections: 2_000, requestsPerSecond: 200 }], // "over 2000 concurrent users": the article's aim
  ["10k", { connections: 10_000, requestsPerSecond: 1_000 }],
  ["50k", { connections: 50_000, requestsPerSecond: 5_000 }], // spread its requests over several hosts
  ["100k", { connections: 100_000, requestsPerSecond: 10_000 }], // held by one host in tests, idle
]);

/** The tier's name in manifests and reports where the user gave numbers instead. */
export const CUSTOM = "custom";

const NAMES = [...TIERS.keys()].join(", ");

/** What the user asked for: a tier or numbers, not both. */
export interface Load {
  readonly tier: string;
  readonly capacity: Capacity;
}

/** The load behind `tier` or `capacity`, or all that is wrong with them. */
export function resolveLoad(tier: unknown, capacity: unknown): Load | Problem[] {
  const given = { tier: tier ?? undefined, capacity: capacity ?? undefined };
  if (given.tier !== undefined && given.capacity !== undefined)
    return [{ path: "capacity", value: `given beside tier ${shown(tier)}`, allowed: "one of the two" }];
  if (given.capacity !== undefined) {
    const problems = capacityProblems(given.capacity);
    return problems.length > 0 ? problems : { tier: CUSTOM, capacity: given.capacity as Capacity };
  }
  const found = typeof tier === "string" ? TIERS.get(tier) : undefined;
  if (typeof tier === "string" && found) return { tier, capacity: found };
  return [{ path: "tier", value: shown(tier), allowed: NAMES, wayOut: "Or give capacity instead." }];
}
