import type { GivenCapacity } from "../../components/tuning/capacity";
import type { PlanInput } from "../../components/tuning/plan";
import { LOAD } from "../../lab/drive/load";

/** A load whose limits are lowered one after the other. */
export interface Site {
  readonly name: string;
  readonly capacity: GivenCapacity & { readonly connections: number; readonly requestsPerSecond: number };
  /** How long a page of it waits, as for a database. Unit: milliseconds. */
  readonly waits: number;
}

/** Alike in nothing: many visitors who read and ask for little, few who ask for much, quick pages and slow ones. */
export const SITES: readonly Site[] = [
  {
    name: "2000 readers",
    capacity: { connections: 2_000, requestsPerSecond: 20, queueSeconds: 10 },
    waits: 50,
  },
  {
    name: "1500 buyers",
    capacity: { connections: 1_500, requestsPerSecond: 60, queueSeconds: 20 },
    waits: 100,
  },
  { name: "1000 quick requests", capacity: { connections: 1_000, requestsPerSecond: 100 }, waits: 20 },
  {
    name: "800 slow reports",
    capacity: { connections: 800, requestsPerSecond: 10, queueSeconds: 15 },
    waits: 500,
  },
];

/** Of a request, on a CPU of today. Unit: milliseconds. */
const WORKED = 4;

/** The site's load, with the open files that a container may have. */
export const wishOf = ({ capacity, waits }: Site): PlanInput => ({
  capacity: {
    ...capacity,
    secondsPerRequest: (waits + WORKED) / 1_000,
    waitingShare: Math.min(Number((waits / (waits + WORKED)).toFixed(3)), 0.99),
  },
  tuning: LOAD.tuning,
});
