import { CAPACITY, type Capacity } from "../tuning/capacity";
import { CPU_USE, DATABASE_RESERVE, demandOf, up } from "../tuning/demand";
import type { HostSize } from "../tuning/hostSize";
import type { Limit } from "../tuning/breaksFirst";
import { makePlan, type Plan } from "../tuning/plan";
import { cpuSeconds, type Share, type Whole } from "./share";

/** The most that one host has been seen to hold: tier 100k. Unit: connections. */
const PROVEN = 100_000;
/** Availability zones, each with a host at the least: a balancer wants two. */
const ZONES = 2;
/** While hosts are replaced there are a fifth more. */
const SURPLUS = 1.2;
/** As many as may share a database. */
export const MOST_HOSTS = CAPACITY.databaseHosts.max ?? 1;

/** How many hosts one limit asks for. */
export interface Ask {
  readonly limit: string;
  readonly hosts: number;
  readonly why: string;
}

/** The most first. */
export function asksOf({
  capacity,
  connections,
  size,
  share,
}: Omit<Whole, "balancer"> & { readonly share: Share }): Ask[] {
  const busy = (capacity.requestsPerSecond * cpuSeconds(capacity)) / CPU_USE;
  const asks: Ask[] = [
    {
      limit: "CPUs",
      hosts: Math.max(up(busy / size.cpus), 1),
      why: `${up(busy)} CPUs do the requests at ${100 * CPU_USE} % use`,
    },
    {
      limit: "connections",
      hosts: Math.max(Math.ceil(connections / PROVEN), 1),
      why: `${PROVEN} is the most that one host has been seen to hold`,
    },
    {
      limit: "gunicorn",
      hosts: slotsAsk(share),
      why: "workers and threads for all requests in flight",
    },
    {
      limit: "memory",
      hosts: memoryAsk(share, size),
      why: "workers on all CPUs, connections and full queues",
    },
    { limit: "zones", hosts: ZONES, why: "a balancer wants two, with a host in each" },
  ];
  return asks.sort((a, b) => b.hosts - a.hosts);
}

/** The fewest hosts in which all workers of use fit; where they never do, those that have room for the requests. */
function memoryAsk(share: Share, { memoryMiB: has }: HostSize): number {
  const fits = (of: "advisedMemoryMiB" | "memoryMiB") => fewest((hosts) => needOf(share(hosts), of) <= has);
  return fits("advisedMemoryMiB") ?? fits("memoryMiB") ?? 1; // where nothing fits the host's own plan says so
}

/** Unit: MiB. What else is wrong with a host its own plan says. */
function needOf(capacity: Capacity, of: "advisedMemoryMiB" | "memoryMiB"): number {
  return makePlan({ capacity: { ...capacity, memoryMiB: undefined } }).plan?.needs[of] ?? 0;
}

/** The fewest hosts for which it holds; undefined: for none. */
function fewest(holds: (hosts: number) => boolean): number | undefined {
  let [low, high] = [1, MOST_HOSTS + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low > MOST_HOSTS ? undefined : low;
}

/** One after the other: a host that has less to do has fewer workers, too. */
function slotsAsk(share: Share): number {
  for (let hosts = 1; hosts <= MOST_HOSTS; hosts++) if (slotsOf(share(hosts)) >= 1) return hosts;
  return MOST_HOSTS + 1;
}

/** How often what arrives is worked off by a host's workers and threads. Workers without threads take what comes. */
const slotsOf = (capacity: Capacity): number =>
  threadsOf(makePlan({ capacity: { ...capacity, databaseConnections: undefined } }).plan)?.times ?? Infinity;

/** What gunicorn's threads bound, where there are some. */
export const threadsOf = (host: Plan | undefined): Limit | undefined =>
  host?.breaksFirst.find(({ limit }) => limit === "gunicorn.threads");

/** Connections to the database come from as many: the group, what a refresh has beside it, and the builder. */
export const sharing = (hosts: number): number => Math.ceil(hosts * SURPLUS) + 1;

/** Hosts of which each has a database connection for every request that it must be able to work on. */
export const databaseRoom = (host: Capacity): number =>
  host.databaseConnections === undefined
    ? Infinity
    : Math.floor(
        (Math.floor((host.databaseConnections - DATABASE_RESERVE) / demandOf(host).slots) - 1) / SURPLUS,
      );
