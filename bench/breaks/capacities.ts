import type { GivenCapacity } from "../../components/tuning/capacity";
import type { PlanInput } from "../../components/tuning/plan";
import { LOAD } from "../../lab/drive/load";
import { PATIENT } from "../load/patience";

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

/** So many visitors that what they take is more than a machine's own moods. */
export const CROWDS: readonly Site[] = [
  {
    name: "120000 readers",
    capacity: { connections: 120_000, requestsPerSecond: 20, queueSeconds: 10, tls: false },
    waits: 50,
  },
  {
    name: "100000 buyers",
    capacity: { connections: 100_000, requestsPerSecond: 30, queueSeconds: 20, tls: false },
    waits: 100,
  },
  {
    name: "80000 quick requests",
    capacity: { connections: 80_000, requestsPerSecond: 40, tls: false },
    waits: 20,
  },
  {
    name: "60000 slow reports",
    capacity: { connections: 60_000, requestsPerSecond: 10, queueSeconds: 15, tls: false },
    waits: 500,
  },
];

/** Of a request, on a CPU of today. Unit: milliseconds. */
const WORKED = 4;

const loadOf = ({ capacity, waits }: Site): GivenCapacity => ({
  ...capacity,
  secondsPerRequest: (waits + WORKED) / 1_000,
  waitingShare: Math.min(Number((waits / (waits + WORKED)).toFixed(3)), 0.99),
});

/** The site's load, with the open files that a container may have. */
export const inContainer = (site: Site): PlanInput => ({ capacity: loadOf(site), tuning: LOAD.tuning });

/** The crowd's load, whose last one comes minutes after the first. */
export const patiently = (site: Site): PlanInput => ({
  capacity: loadOf(site),
  tuning: { "nginx.keepalive_timeout": PATIENT },
});
