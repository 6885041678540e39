import { hasThreads } from "./capacity";
import { CONNTRACK_REMEMBERED, exact, LONGEST_QUEUE, TIME_WAIT } from "./demand";
import type { HostSize } from "./hostSize";
import { PORT_RANGE, RESERVED_PORTS, spanOf } from "./localPorts";
import { underFullQueues, connectionKiB } from "./memory";
import type { Model } from "./model";
import { countPorts, inside, parsePorts } from "./ports";
import type { Values } from "./setting";

/** A limit, and the load at which it is hit. */
export interface Limit {
  /** The setting, or what else is used up. */
  readonly limit: string;
  /** The load that it still carries: a whole number, of less than 10 to a tenth. */
  readonly at: number;
  readonly unit: "connections" | "new connections at once" | "requests at once" | "requests a second";
  /** That load as a multiple of the one that the plan counts on, in three digits; below 1 where it is less. */
  readonly times: number;
  /** What happens beyond it. */
  readonly then: string;
  /** Where it counts at all; absent: everywhere. */
  readonly onlyIf?: string;
}

/**
 * The limits of a host, whose numbers are `onHost`; the first one hit comes first. One that the host has no value for is not
 * told.
 */
export function firstLimits(model: Model, onHost: Values, size: HostSize): Limit[] {
  const { capacity, demand, memory } = model;
  const get = (name: string): number => Number(onHost.get(name));
  const [workers, workerClass] = [get("gunicorn.workers"), onHost.get("gunicorn.worker_class")];
  // A sync worker that says nothing of threads is one.
  const threads = get("gunicorn.threads") || (workerClass === "sync" ? 1 : NaN);
  // What a worker takes out of the queue; more threads than that have nothing to do.
  const taken = workerClass === "gthread" ? get("gunicorn.worker_connections") : threads;
  const { connections, requestsPerSecond, secondsPerRequest, waitingShare } = capacity;
  const each = 1 + demand.upstream / connections; // a proxied connection counts twice
  const spare = size.memoryMiB - underFullQueues(memory) - workers * capacity.workerMemoryMiB;
  const nginxWorkers = get("nginx.worker_processes") || size.cpus; // one for each CPU: auto
  const range = onHost.get(PORT_RANGE);
  const ports = spanOf(range);
  const free =
    countPorts([ports]) - countPorts(inside(parsePorts(onHost.get(RESERVED_PORTS) ?? "") ?? [], ports));

  // Workers without threads take what comes: neither threads nor the queue bound it.
  const ofThreads: readonly Omit<Limit, "times">[] = [
    {
      limit: "gunicorn.backlog",
      at: get("gunicorn.backlog") + workers * taken,
      unit: "requests at once",
      then: "requests beyond it end in 502",
    },
    {
      limit: threads > taken ? "gunicorn.worker_connections" : "gunicorn.threads",
      at: (workers * Math.min(threads, taken)) / secondsPerRequest,
      unit: "requests a second",
      then: "requests wait, until the queue is full",
    },
  ];
  const limits: readonly Omit<Limit, "times">[] = [
    ...(hasThreads(capacity.workerClass) ? ofThreads : []),
    {
      limit: "nginx.listen.backlog",
      at: get("nginx.listen.backlog"),
      unit: "new connections at once",
      then: "new connections beyond it try again a second later",
    },
    {
      limit: "nginx.worker_connections",
      at: (nginxWorkers * get("nginx.worker_connections")) / each,
      unit: "connections",
      then: "nginx closes connections",
    },
    {
      limit: "nginx.worker_rlimit_nofile",
      at: get("nginx.worker_rlimit_nofile") / each,
      unit: "connections",
      then: "accept fails: too many open files",
      onlyIf: "one nginx worker gets all connections",
    },
    {
      limit: "net.netfilter.nf_conntrack_max",
      at: get("net.netfilter.nf_conntrack_max") - requestsPerSecond * CONNTRACK_REMEMBERED,
      unit: "connections",
      then: "packets of good connections are dropped",
      onlyIf: "nf_conntrack is loaded",
    },
    ...(capacity.databaseConnections === undefined
      ? []
      : [
          {
            limit: "the database",
            at: demand.databaseConnections / secondsPerRequest,
            unit: "requests a second" as const,
            then: "the database refuses connections",
          },
        ]),
    {
      limit: "memory",
      at: connections + (spare * 1024) / connectionKiB(capacity.tls),
      unit: "connections",
      then: "the host swaps, or kills a process",
    },
    {
      limit: "CPUs",
      at: Math.min(size.cpus, workers) / (secondsPerRequest * (1 - waitingShare)), // a Python process uses one
      unit: "requests a second",
      then: "requests wait, until the queue is full",
    },
    {
      limit: PORT_RANGE,
      at: range === undefined ? NaN : free / TIME_WAIT,
      unit: "requests a second",
      then: "connecting fails",
      onlyIf: "each request opens a new TCP connection to one address",
    },
  ];
  const planned: Readonly<Record<Limit["unit"], number>> = {
    connections,
    "new connections at once": Math.min(connections, LONGEST_QUEUE),
    "requests at once": demand.upstream,
    "requests a second": requestsPerSecond,
  };
  const conditional = ({ onlyIf }: Limit): number => (onlyIf === undefined ? 0 : 1);
  return limits
    .filter(({ at }) => Number.isFinite(at))
    .map(({ limit, at, unit, ...rest }) => ({
      limit,
      at: carried(at),
      unit,
      times: multiple(exact(at / planned[unit])),
      ...rest,
    }))
    .sort((a, b) => conditional(a) - conditional(b) || a.times - b.times);
}

/** What is nearly 1 is not. */
function multiple(times: number): number {
  const rounded = Number(times.toPrecision(3));
  return Math.max(times < 1 ? Math.min(rounded, 0.999) : rounded, 0);
}

/** A load as a limit's `at` tells it: no more than is carried, and of so few that a part of one counts to a tenth. */
export function carried(load: number): number {
  const at = Math.max(exact(load), 0);
  return at < 10 ? Math.floor(exact(10 * at)) / 10 : Math.floor(at);
}
