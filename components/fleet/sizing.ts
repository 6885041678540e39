import type { Capacity } from "../tuning/capacity";
import { CPU_USE } from "../tuning/demand";
import { isText } from "../tuning/form";
import type { HostSize } from "../tuning/hostSize";
import { makePlan, type Plan } from "../tuning/plan";
import type { Problem } from "../tuning/problem";
import { resolveLoad } from "../tuning/tiers";
import { asksOf, databaseRoom, MOST_HOSTS, sharing, threadsOf, type Ask } from "./asks";
import { BALANCERS, DEFAULT_BALANCER } from "./balancers";
import { limitsOf, type FleetLimit } from "./limits";
import { boundsProblems, groupProblems, hostSize, ofFleet, waits } from "./problems";
import { cpuSeconds, pooled, shareOf } from "./share";
import type { FleetWish } from "./wish";

/** As far as the group may grow over what the load takes. */
const GROWTH = 2;
const A_MINUTE = 60;

/** A load, and the hosts that it takes. */
export interface Fleet {
  readonly tier: string;
  /** The load of the whole. */
  readonly capacity: Capacity;
  readonly instanceType: string;
  readonly size: HostSize;
  readonly balancer: string;
  /** Connections of the balancer to all hosts together. */
  readonly connections: number;
  /** `needed` carry the load, with their CPUs busy for 60 % of the time; the group has from `minSize` to `maxSize`. */
  readonly hosts: { readonly needed: number; readonly minSize: number; readonly maxSize: number };
  /** What asks for how many, the most first. */
  readonly asks: readonly Ask[];
  readonly tracking: Tracking;
  /** Capacity units that the balancer's connections come to, where they can be reserved. */
  readonly balancerUnits?: number;
  /** What each host is tuned to: its share when one of those that carry the load is lost. */
  readonly host: Plan;
  readonly breaksFirst: readonly FleetLimit[];
}

/** What the group grows and shrinks by. */
export interface Tracking {
  readonly metric: "ALBRequestCountPerTarget" | "ASGAverageCPUUtilization";
  /** Requests of a host in a minute, or per cent of its CPUs. */
  readonly target: number;
}

export type Sized =
  | { readonly fleet: Fleet; readonly problems?: undefined }
  | { readonly fleet?: undefined; readonly problems: readonly Problem[] };

/** How many hosts a load takes, or everything that is wrong with the wish. */
export function sizeFleet(wish: FleetWish): Sized {
  const load = resolveLoad(wish.tier, wish.capacity);
  const name = isText(wish.balancer) ? wish.balancer : DEFAULT_BALANCER;
  const balancer = BALANCERS.get(name);
  const problems: Problem[] = [...(Array.isArray(load) ? load : []), ...boundsProblems(wish)];
  const size = Array.isArray(load) ? undefined : hostSize(wish.instanceType, load.capacity, problems);
  if (problems.length > 0 || Array.isArray(load) || !balancer || !size) return { problems };

  const { tier, capacity } = load;
  const connections = balancer.pools ? pooled(capacity) : capacity.connections;
  const share = shareOf({ capacity, connections, balancer, size });
  const asks = asksOf({ capacity, connections, size, share });
  const needed = Math.max(...asks.map(({ hosts }) => hosts));
  const minSize = Number(wish.minSize ?? needed);
  const tunedTo = share(Math.max(needed - 1, 1));
  const room = Math.min(balancer.targets, databaseRoom(tunedTo));
  // Where there is room for less than that, no more is asked for than the load takes.
  const maxSize = Number(wish.maxSize ?? Math.max(Math.min(GROWTH * needed, room), needed, minSize));
  problems.push(...groupProblems({ needed, minSize, maxSize, balancer, wish }));
  if (problems.length > 0) return { problems };

  const { plan: host, problems: ofHost = [] } = makePlan({
    capacity: { ...tunedTo, databaseHosts: Math.min(sharing(maxSize), MOST_HOSTS) },
    tuning: wish.tuning,
  });
  if (!host) return { problems: ofHost.map((problem) => ofFleet(problem, { capacity, wish, maxSize })) };
  problems.push(...waits(host, balancer));
  if (problems.length > 0) return { problems };
  const [byCpus, byThreads] = [(size.cpus * CPU_USE) / cpuSeconds(capacity), threadsOf(host)?.at ?? Infinity];
  // Where the threads are fewer than the CPUs could keep going, they are what is busy.
  const rate = byThreads < byCpus ? byThreads * CPU_USE : byCpus;
  return {
    fleet: {
      tier,
      capacity,
      instanceType: String(wish.instanceType),
      size,
      balancer: name,
      connections,
      hosts: { needed, minSize, maxSize },
      asks,
      tracking: balancer.pools
        ? { metric: "ALBRequestCountPerTarget", target: Math.max(Math.floor(rate * A_MINUTE), 1) }
        : { metric: "ASGAverageCPUUtilization", target: 100 * CPU_USE },
      ...(balancer.connectionsPerUnit !== undefined && {
        balancerUnits: Math.ceil(capacity.connections / balancer.connectionsPerUnit),
      }),
      host,
      breaksFirst: limitsOf({ capacity, connections, needed, maxSize, balancer, host }),
    },
  };
}
