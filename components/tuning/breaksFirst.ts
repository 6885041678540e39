import { TIME_WAIT } from "./demand";
import type { HostSize } from "./host";
import { PORT_RANGE, RESERVED_PORTS, spanOf } from "./localPorts";
import { besideWorkers, connectionKiB } from "./memory";
import type { Model } from "./model";
import { countPorts, inside, parsePorts } from "./ports";
import type { Values } from "./setting";

/** A limit, and the load at which it is hit. */
export interface Limit {
  /** The setting, or what else is used up. */
  readonly limit: string;
  /** The load that it still carries. */
  readonly at: number;
  readonly unit: "connections" | "new connections at once" | "requests at once" | "requests a second";
  /** That load as a multiple of the planned one. */
  readonly times: number;
  /** What happens beyond it. */
  readonly then: string;
  /** Where it counts at all; absent: everywhere. */
  readonly onlyIf?: string;
}

/** The limits of a host, whose numbers are `onHost`; the first one hit comes first. */
export function firstLimits(model: Model, onHost: Values, size: HostSize): Limit[] {
  const { capacity, demand, memory } = model;
  const get = (name: string): number => Number(onHost.get(name));
  const [workers, threads] = [get("gunicorn.workers"), get("gunicorn.threads")];
  const { connections, requestsPerSecond, secondsPerRequest, waitingShare } = capacity;
  const each = 1 + demand.upstream / connections; // a proxied connection counts twice
  const spare = size.memoryMiB - besideWorkers(memory) - workers * capacity.workerMemoryMiB;
  const ports = spanOf(onHost.get(PORT_RANGE));
  const free =
    countPorts([ports]) - countPorts(inside(parsePorts(onHost.get(RESERVED_PORTS) ?? "") ?? [], ports));

  const held = (
    limit: string,
    at: number,
    then: string,
    unit: Limit["unit"] = "connections",
    onlyIf?: string,
  ): Limit => ({
    limit,
    at: Math.floor(at),
    unit,
    times: at / connections,
    then,
    ...(onlyIf !== undefined && { onlyIf }),
  });
  const served = (limit: string, at: number, then: string, onlyIf?: string): Limit => ({
    limit,
    at: Math.floor(at),
    unit: "requests a second",
    times: at / requestsPerSecond,
    then,
    ...(onlyIf !== undefined && { onlyIf }),
  });
  const limits = [
    held(
      "gunicorn.backlog",
      get("gunicorn.backlog") + workers * threads,
      "requests beyond it end in 502",
      "requests at once",
    ),
    held(
      "nginx.listen.backlog",
      get("nginx.listen.backlog"),
      "new connections beyond it try again a second later",
      "new connections at once",
    ),
    held(
      "nginx.worker_connections",
      (size.cpus * get("nginx.worker_connections")) / each,
      "nginx closes connections",
    ),
    held(
      "nginx.worker_rlimit_nofile",
      get("nginx.worker_rlimit_nofile") / each,
      "accept fails: too many open files",
      "connections",
      "one nginx worker gets all connections",
    ),
    held(
      "net.netfilter.nf_conntrack_max",
      get("net.netfilter.nf_conntrack_max") - requestsPerSecond * 2 * TIME_WAIT,
      "packets of good connections are dropped",
      "connections",
      "nf_conntrack is loaded",
    ),
    ...(capacity.databaseConnections === undefined
      ? []
      : [
          served(
            "the database",
            demand.databaseConnections / secondsPerRequest,
            "the database refuses connections",
          ),
        ]),
    held(
      "memory",
      connections + (spare * 1024) / connectionKiB(capacity.tls),
      "the host swaps, or kills a process",
    ),
    served(
      "gunicorn.threads",
      (workers * threads) / secondsPerRequest,
      "requests wait, until the queue is full",
    ),
    served(
      "CPUs",
      Math.min(size.cpus, workers) / (secondsPerRequest * (1 - waitingShare)), // a Python process uses one
      "requests wait, until the queue is full",
    ),
    served(
      PORT_RANGE,
      free / TIME_WAIT,
      "connecting fails",
      "each request opens a new TCP connection to one address",
    ),
  ];
  const always = (limit: Limit): number => (limit.onlyIf === undefined ? 0 : 1);
  return limits
    .map((limit) => ({ ...limit, times: Number(limit.times.toPrecision(3)) }))
    .sort((a, b) => always(a) - always(b) || a.times - b.times);
}
