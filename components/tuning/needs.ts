import { CAPACITY } from "./capacity";
import { DATABASE_RESERVE } from "./demand";
import { besideWorkers } from "./memory";
import { fixed, mostThreads, workersOn, type HostSize } from "./hostSize";
import type { Model } from "./model";
import type { Problem } from "./problem";
import type { Values } from "./setting";

/** What the host and what it leans on must be. */
export interface Needs {
  /** The least memory: the connections, and the fewest workers that have room for the requests. Unit: MiB. */
  readonly memoryMiB: number;
  /** Advice: memory with which workers can use all CPUs, and both queues can be full. Unit: MiB. */
  readonly advisedMemoryMiB: number;
  /** Of it, what connections take in the kernel and in nginx. Unit: MiB. */
  readonly connectionMemoryMiB: number;
  /** Advice: CPUs that do the work of the requests at 60 % use. */
  readonly cpus: number;
  /** Requests that are worked on at the same time, on the average. */
  readonly requestsInFlight: number;
  /** Descriptors of one nginx worker. */
  readonly descriptors: number;
  /** max_connections of the database that all hosts share: what all workers together may open, and a reserve. */
  readonly databaseConnections: number;
}

const MEMORY_STEP = 128;

export function needsOf(model: Model, values: Values): Needs {
  const { capacity, demand, memory } = model;
  return {
    memoryMiB: memoryNeed(model, fixed(values, "gunicorn.workers")),
    advisedMemoryMiB: memoryNeed(model, workersOn(capacity.cpus ?? demand.cpus, values), memory.queued),
    connectionMemoryMiB: memory.connections,
    cpus: demand.cpus,
    requestsInFlight: Number(demand.inFlight.toPrecision(6)),
    descriptors: Number(values.get("nginx.worker_rlimit_nofile")),
    databaseConnections:
      Math.max(mostThreads(values), demand.databaseConnections) * capacity.databaseHosts + DATABASE_RESERVE,
  };
}

function memoryNeed({ capacity, demand, memory }: Model, workers = 0, queued = 0): number {
  const least = besideWorkers(memory) + queued + Math.max(workers, demand.workers) * capacity.workerMemoryMiB;
  return Math.ceil(least / MEMORY_STEP) * MEMORY_STEP;
}

/** What the capacity itself says is there and does not suffice. */
export function capacityShortfalls(model: Model): Problem[] {
  const { capacity, demand } = model;
  const problems: Problem[] = [];
  if (demand.inFlight > capacity.connections)
    problems.push({
      path: "capacity.connections",
      value: String(capacity.connections),
      allowed: `at least ${Math.ceil(demand.inFlight)}: so many requests are in flight, one a connection`,
      wayOut: "Give more connections, or fewer and quicker requests.",
    });
  const memory = memoryNeed(model);
  if (capacity.memoryMiB !== undefined && capacity.memoryMiB < memory)
    problems.push({
      path: "capacity.memoryMiB",
      value: String(capacity.memoryMiB),
      allowed: `at least ${memory} for ${capacity.connections} connections and ${demand.workers} workers`,
      wayOut:
        memory <= (CAPACITY.memoryMiB.max ?? Infinity)
          ? "Take a larger host, fewer connections, smaller workers, or end TLS before this host."
          : "No host is that large: take fewer connections, quicker requests, smaller workers, or several hosts.",
    });
  const database = demand.slots * capacity.databaseHosts + DATABASE_RESERVE;
  if (capacity.databaseConnections !== undefined && capacity.databaseConnections < database)
    problems.push({
      path: "capacity.databaseConnections",
      value: String(capacity.databaseConnections),
      allowed: `at least ${database}: ${demand.slots} requests in flight on each of ${capacity.databaseHosts} hosts, and ${DATABASE_RESERVE} in reserve`,
      wayOut: "Raise max_connections, put a pooler before the database, or lower requestsPerSecond.",
    });
  return problems;
}

/** What the capacity says of the host, and what is advised where it says nothing. */
export const advisedSize = ({ capacity }: Model, { cpus, advisedMemoryMiB }: Needs): HostSize => ({
  cpus: capacity.cpus ?? cpus,
  memoryMiB: capacity.memoryMiB ?? advisedMemoryMiB,
});
