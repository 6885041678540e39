/** A kind of AWS's load balancers, as far as it bounds what stands behind it. */
export interface Balancer {
  readonly title: string;
  /** It holds the clients' connections itself, and keeps few to the hosts, over which requests of all clients go. */
  readonly pools: boolean;
  /** After how long without a packet it forgets a connection. Unit: seconds. */
  readonly idleSeconds: number;
  /** Hosts that it may have, by AWS's quota; across zones. */
  readonly targets: number;
  /** Connections held that one of the units it is billed and reserved by stands for. */
  readonly connectionsPerUnit: number;
  /** Of the quota, the idle time and the unit. */
  readonly sources: readonly string[];
}

const ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest";
const PRICING = "https://aws.amazon.com/elasticloadbalancing/pricing/";

/** By the name that `balancer` takes. */
export const BALANCERS: ReadonlyMap<string, Balancer> = new Map([
  [
    "alb",
    {
      title: "Application Load Balancer",
      pools: true,
      idleSeconds: 60,
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
      pools: false,
      idleSeconds: 350,
      targets: 500,
      connectionsPerUnit: 100_000,
      sources: [
        `${ELB}/network/load-balancer-limits.html`,
        `${ELB}/network/network-load-balancers.html#connection-idle-timeout`,
        PRICING,
      ],
    },
  ],
]);

export const DEFAULT_BALANCER = "alb";
