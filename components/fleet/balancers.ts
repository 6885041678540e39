/** A kind of AWS's load balancers, as far as it bounds what stands behind it. */
export interface Balancer {
  readonly title: string;
  /** As AWS calls it. */
  readonly type: "application" | "network";
  /** It holds the clients' connections itself, and keeps few to the hosts, over which requests of all clients go. */
  readonly pools: boolean;
  /** After how long without a packet it forgets a connection. Unit: seconds. */
  readonly idleSeconds: number;
  /** How long a host that goes is left what it has. Unit: seconds. */
  readonly drainSeconds: number;
  /** Hosts that it may have, by AWS's quota; across zones. */
  readonly targets: number;
  /** Connections held that one of the units stands for that can be reserved; none: not for connections. */
  readonly connectionsPerUnit?: number;
  /**
   * Connections that it keeps to one host and port, where those do not carry the clients' own addresses; none: it says no
   * number. Unit: connections.
   */
  readonly connectionsPerHost?: number;
  /** Of the quota, the idle time, the unit and the connections. */
  readonly sources: readonly string[];
}

const ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest";
const PRICING = "https://aws.amazon.com/elasticloadbalancing/pricing/";

/** By the name that `balancer` takes. */
export const BALANCERS: ReadonlyMap<string, Balancer> = new Map<string, Balancer>([
  [
    "alb",
    {
      title: "Application Load Balancer",
      type: "application",
      pools: true,
      idleSeconds: 60,
      drainSeconds: 60, // no request takes longer than the idle time-out lets it
      targets: 1_000,
      connectionsPerUnit: 3_000,
      sources: [
        `${ELB}/application/load-balancer-limits.html`,
        `${ELB}/application/application-load-balancers.html#connection-idle-timeout`,
        PRICING,
      ],
    },
  ],
  [
    "nlb",
    {
      title: "Network Load Balancer",
      type: "network",
      pools: false,
      idleSeconds: 350,
      drainSeconds: 120, // above the time that nginx keeps an idle connection
      targets: 500,
      connectionsPerHost: 55_000,
      sources: [
        `${ELB}/network/load-balancer-limits.html`,
        `${ELB}/network/network-load-balancers.html#connection-idle-timeout`,
        `${ELB}/network/load-balancer-target-groups.html#client-ip-preservation`,
      ],
    },
  ],
]);

export const DEFAULT_BALANCER = "alb";

/** @throws Error if there is none of that name: arguments are checked before */
export function balancerOf(name: string): Balancer {
  const found = BALANCERS.get(name);
  if (!found) throw new Error(`unreachable: the balancer ${name} was let through`);
  return found;
}
