import { CAPACITY, type Capacity } from "../tuning/capacity";
import { up } from "../tuning/demand";
import type { HostSize } from "../tuning/hostSize";
import type { Balancer } from "./balancers";

/** A load, and what it is carried by. */
export interface Whole {
  readonly capacity: Capacity;
  /** Of the balancer to all hosts together. */
  readonly connections: number;
  readonly balancer: Balancer;
  readonly size: HostSize;
}

/** What one of so many hosts carries. */
export type Share = (hosts: number) => Capacity;

export const shareOf =
  ({ capacity, connections, balancer, size }: Whole): Share =>
  (hosts) => ({
    ...capacity,
    ...size,
    connections: Math.max(Math.ceil(connections / hosts), CAPACITY.connections.min ?? 1),
    requestsPerSecond: Math.max(up(capacity.requestsPerSecond / hosts), CAPACITY.requestsPerSecond.min ?? 1),
    tls: false, // it ends at the balancer
    ...(balancer.pools && { balancerIdleSeconds: capacity.balancerIdleSeconds ?? balancer.idleSeconds }),
  });

/** What a request takes of a CPU. Unit: seconds. */
export const cpuSeconds = ({ secondsPerRequest, waitingShare }: Capacity): number =>
  secondsPerRequest * (1 - waitingShare);

/** A balancer that pools keeps one connection for each request that is worked on or waits, and none for idle clients. */
export const pooled = ({
  connections,
  requestsPerSecond,
  secondsPerRequest,
  queueSeconds,
}: Capacity): number => Math.min(connections, up(requestsPerSecond * (secondsPerRequest + queueSeconds)));
