import { capacityProblems, complete, type Capacity, type GivenCapacity } from "./capacity";
import { shown, type Problem } from "./problem";

/**
 * Loads with a name: the connections held. Requests, their time and what a worker takes are the defaults of the
 * inputs, whose reasons stand there. A tier knows neither the host nor the database: it says what both must be.
 */
export const TIERS: ReadonlyMap<string, Capacity> = new Map(
  Object.entries({
    "2k": { connections: 2_000 }, // "over 2000 concurrent users": the article's aim
    "10k": { connections: 10_000 }, // about what one large host answers: 1,000 requests of 10 ms of Python a second
    "50k": { connections: 50_000 }, // mostly idle ones, or their requests spread over several hosts
    "100k": { connections: 100_000 }, // held by one host in tests, idle
  }).map(([name, given]) => [name, complete(given)]),
);

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
  const [byName, byNumbers] = [tier ?? undefined, capacity ?? undefined];
  const problems: Problem[] = [];
  if (byName !== undefined && byNumbers !== undefined)
    problems.push({ path: "capacity", value: `given beside tier ${shown(tier)}`, allowed: "one of the two" });
  if (byNumbers !== undefined) problems.push(...capacityProblems(byNumbers));
  const found = typeof byName === "string" ? TIERS.get(byName) : undefined;
  if (!found && (byName !== undefined || byNumbers === undefined))
    problems.push({ path: "tier", value: shown(tier), allowed: NAMES, wayOut: "Or give capacity instead." });
  if (problems.length > 0) return problems;
  return found
    ? { tier: byName as string, capacity: found }
    : { tier: CUSTOM, capacity: complete(byNumbers as GivenCapacity) };
}
