import { carried, type Limit } from "../tuning/breaksFirst";
import type { Capacity } from "../tuning/capacity";
import { DATABASE_RESERVE } from "../tuning/demand";
import { mostThreads } from "../tuning/hostSize";
import type { Plan } from "../tuning/plan";
import type { Values } from "../tuning/setting";
import type { Balancer } from "./balancers";

/** A limit of the whole fleet. */
export type FleetLimit = Omit<Limit, "unit"> & { readonly unit: Limit["unit"] | "hosts" };

interface Limited {
  readonly capacity: Capacity;
  readonly connections: number;
  readonly needed: number;
  readonly maxSize: number;
  readonly balancer: Balancer;
  readonly host: Plan;
}

/** Of the hosts that the load takes, all in service; what bounds their number follows. */
export function limitsOf({ capacity, connections, needed, maxSize, balancer, host }: Limited): FleetLimit[] {
  const planned = (unit: Limit["unit"]): number =>
    unit === "requests a second" ? capacity.requestsPerSecond : connections;
  const ofHosts: FleetLimit[] = host.breaksFirst
    .filter(({ limit }) => limit !== "the database")
    .map((limit) => ({
      ...limit,
      at: carried(limit.at * needed),
      times: ratio(limit.at * needed, planned(limit.unit)),
    }));
  const values: Values = new Map(host.settings.map(({ name, value }) => [name, value]));
  const database = (capacity.databaseConnections ?? Infinity) - DATABASE_RESERVE;
  const counted: FleetLimit[] = [
    {
      limit: "maxSize",
      at: maxSize,
      unit: "hosts",
      times: ratio(maxSize, needed),
      then: "the group grows no further",
    },
    {
      limit: "targets of the balancer",
      at: balancer.targets,
      unit: "hosts",
      times: ratio(balancer.targets, needed),
      then: "no host more gets requests",
    },
  ];
  if (balancer.connectionsPerHost !== undefined) {
    const at = needed * balancer.connectionsPerHost;
    counted.push({
      limit: "the balancer's ports to the hosts",
      at,
      unit: "connections",
      times: ratio(at, connections),
      then: "connections are reset",
      onlyIf:
        "the target group does not preserve the clients' addresses, which it does unless told otherwise",
    });
  }
  if (Number.isFinite(database)) {
    const hosts = Math.floor(database / mostThreads(values));
    counted.push({
      limit: "the database",
      at: hosts,
      unit: "hosts",
      times: ratio(hosts, needed),
      then: "the database refuses connections",
    });
  }
  return [...ofHosts, ...counted].sort((a, b) => conditional(a) - conditional(b) || a.times - b.times);
}

const ratio = (at: number, of: number): number => Number((at / of).toPrecision(3));
const conditional = ({ onlyIf }: FleetLimit): number => (onlyIf === undefined ? 0 : 1);
