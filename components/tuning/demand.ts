import type { Capacity } from "./capacity";

/** How long a closed connection keeps its port (TIME_WAIT, fixed in the kernel). Unit: seconds. */
export const TIME_WAIT = 60;
/** Connection tracking means to remember a closed connection twice as long as the sockets do. Unit: seconds. */
export const CONNTRACK_TIME_WAIT = 120;
/** How often it clears away what it should have forgotten. Unit: seconds. */
export const CONNTRACK_CLEARED = 60;
/**
 * For so long a closed connection is tracked at the most. Seen on Linux 6.1: of 100 requests a second it has 12,000 to 17,000,
 * up and down. Unit: seconds.
 */
export const CONNTRACK_REMEMBERED = CONNTRACK_TIME_WAIT + CONNTRACK_CLEARED;
/** 65536 is EINVAL on old kernels, where the limit is 16 bits wide. */
export const LONGEST_QUEUE = 65_535;
/** The kernel's default of fs.nr_open, below which nothing is gained. */
export const NR_OPEN = 1_048_576;
/** More threads than that in one Python process only wait for each other. */
export const MOST_THREADS = 64;
/** PostgreSQL keeps 3 of max_connections for its superuser, and a person wants to get in too. */
export const DATABASE_RESERVE = 5;
/** Arrivals come in bunches: CPUs and threads are busy for this share of the time, the rest is room. */
export const CPU_USE = 0.6;
const FEWEST_WORKERS = 2;

/** What a capacity asks of each layer. */
export interface Demand {
  /** Requests that Django works on at the same time, on the average: Little's law. */
  readonly inFlight: number;
  /** Requests that gunicorn must be able to work on at the same time: those in flight, and room. */
  readonly slots: number;
  /** Database connections that all workers of this host together may open. */
  readonly databaseConnections: number;
  /** Requests in flight that one CPU keeps going, since they wait most of the time: threads a worker. */
  readonly threads: number;
  /** The fewest workers that have room for the requests in flight. */
  readonly workers: number;
  /** The most workers that are of use: one keeps a CPU busy, and none may go without a database connection. */
  readonly mostWorkers: number;
  /** Requests that are through before the last of them has waited longer than is tolerable. */
  readonly longestQueue: number;
  /** Length of gunicorn's queue. */
  readonly backlog: number;
  /** Length of nginx's accept queue. */
  readonly acceptQueue: number;
  /** Connections that nginx holds towards gunicorn at the most: those worked on and those queued. */
  readonly upstream: number;
  /** Descriptors of one nginx worker that had to hold everything. */
  readonly descriptors: number;
  /** Closed connections that the kernel remembers. */
  readonly timeWait: number;
  /** CPUs that do the work, with the same room. */
  readonly cpus: number;
}

export const power = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** Without what a computer's fractions leave: 20.000000000000004 is 20. */
export const exact = (n: number): number => Number(n.toPrecision(14));
export const up = (n: number): number => Math.ceil(exact(n));

export function demandOf(capacity: Capacity): Demand {
  const { connections, requestsPerSecond, secondsPerRequest, waitingShare } = capacity;
  const { queueSeconds, databaseHosts, databaseConnections } = capacity;
  const inFlight = requestsPerSecond * secondsPerRequest;
  const slots = Math.max(up(inFlight / CPU_USE), FEWEST_WORKERS);
  const shared =
    databaseConnections === undefined
      ? slots
      : Math.floor((databaseConnections - DATABASE_RESERVE) / databaseHosts);
  // A queue empties no faster than the CPUs work, where they are known.
  const served = Math.min(
    requestsPerSecond,
    (capacity.cpus ?? Infinity) / (secondsPerRequest * (1 - waitingShare)),
  );
  const longestQueue = Math.max(Math.floor(exact(served * queueSeconds)), 1);
  const backlog = Math.min(longestQueue, LONGEST_QUEUE);
  const upstream = Math.min(connections, backlog + slots);
  const threads =
    capacity.workerClass === "sync"
      ? 1
      : Math.min(Math.max(up(1 / (1 - waitingShare)), 1), MOST_THREADS, Math.max(shared, 1));
  const cpus = Math.max(up((inFlight * (1 - waitingShare)) / CPU_USE), 1);
  return {
    inFlight,
    slots,
    databaseConnections: shared,
    threads,
    workers: Math.max(up(inFlight / MOST_THREADS), FEWEST_WORKERS),
    mostWorkers: Math.max(Math.min(Math.max(Math.floor(shared / threads), cpus, FEWEST_WORKERS), shared), 1),
    longestQueue,
    backlog,
    acceptQueue: Math.min(Math.max(power(connections), 4_096), LONGEST_QUEUE),
    upstream,
    // A worker holds twice what it is meant to, since the kernel spreads connections unevenly, and each may read a file.
    descriptors: Math.max(power(4 * (connections + upstream)), 65_536),
    timeWait: up(requestsPerSecond * TIME_WAIT),
    cpus,
  };
}
