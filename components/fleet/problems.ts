import { sizeOf } from "../ec2/instanceSize";
import { isBurstable, isInstanceType } from "../ec2/instanceType";
import type { Capacity } from "../tuning/capacity";
import { isGiven } from "../tuning/given";
import type { HostSize } from "../tuning/hostSize";
import type { Plan } from "../tuning/plan";
import { shown, type Problem } from "../tuning/problem";
import { MOST_HOSTS } from "./asks";
import { BALANCERS, type Balancer } from "./balancers";
import type { FleetWish } from "./wish";

const isCount = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MOST_HOSTS;

/** What is wrong with the balancer and the bounds of the group by themselves. */
export function boundsProblems({ balancer, minSize, maxSize }: FleetWish): Problem[] {
  const problems: Problem[] = [];
  if (isGiven(balancer) && !BALANCERS.has(String(balancer)))
    problems.push({ path: "balancer", value: shown(balancer), allowed: [...BALANCERS.keys()].join(", ") });
  for (const [path, value] of Object.entries({ minSize, maxSize }))
    if (isGiven(value) && !isCount(value))
      problems.push({ path, value: shown(value), allowed: `a whole number from 1 to ${MOST_HOSTS}` });
  return problems;
}

/** What the type of machine has, over which goes what the capacity says of a host. */
export function hostSize(
  instanceType: unknown,
  { cpus, memoryMiB }: Capacity,
  problems: Problem[],
): HostSize | undefined {
  const path = "instanceType";
  if (typeof instanceType !== "string" || !isInstanceType(instanceType)) {
    problems.push({ path, value: shown(instanceType), allowed: "a type of machine, such as c8g.4xlarge" });
    return;
  }
  if (isBurstable(instanceType)) {
    const wayOut = "Such as c8g.xlarge.";
    problems.push({ path, value: instanceType, allowed: "a type that is not burstable", wayOut });
    return;
  }
  const known = sizeOf(instanceType);
  const size = { cpus: cpus ?? known?.cpus, memoryMiB: memoryMiB ?? known?.memoryMiB };
  if (size.cpus === undefined || size.memoryMiB === undefined) {
    const wayOut = "Of another one give capacity.cpus and capacity.memoryMiB.";
    problems.push({
      path,
      value: instanceType,
      allowed: "one of the series c, m and r, generation 5 or later",
      wayOut,
    });
    return;
  }
  return { cpus: size.cpus, memoryMiB: size.memoryMiB };
}

/** What the user wished, as far as it is known. */
interface Wished {
  readonly capacity: Capacity;
  readonly wish: FleetWish;
  readonly maxSize: number;
}

interface Group {
  readonly needed: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly balancer: Balancer;
  readonly wish: FleetWish;
}

/** The first that is wrong: what follows from it would only repeat it. */
export function groupProblems({ needed, minSize, maxSize, balancer, wish }: Group): Problem[] {
  const { targets } = balancer;
  const wayOut = "Take a larger type of machine, or several fleets, each with a share of the load.";
  const type = shown(wish.instanceType);
  const rules: readonly (Problem & { readonly broken: boolean })[] = [
    {
      broken: needed > targets,
      path: "instanceType",
      value: type,
      allowed: `one of which ${targets} carry the load, the quota of this balancer, not ${needed}`,
      wayOut,
    },
    {
      broken: maxSize > targets,
      path: "maxSize",
      value: String(maxSize),
      allowed: `at most ${targets}, the quota of this balancer`,
      wayOut,
    },
    {
      broken: maxSize < needed,
      path: "maxSize",
      value: String(maxSize),
      allowed: `at least ${needed}, which the load takes on ${type}`,
      wayOut,
    },
    {
      broken: minSize > maxSize,
      path: "minSize",
      value: String(minSize),
      allowed: `at most ${maxSize}, the most`,
    },
  ];
  return rules
    .filter(({ broken }) => broken)
    .slice(0, 1)
    .map(({ path, value, allowed, wayOut: out }) => ({ path, value, allowed, ...(out && { wayOut: out }) }));
}

/** What is wrong with one host's share, told of what the user gave: the whole, and the type. */
export function ofFleet(problem: Problem, { capacity, wish, maxSize }: Wished): Problem {
  if (problem.path === "capacity.databaseConnections")
    return {
      ...problem,
      value: String(capacity.databaseConnections),
      allowed: problem.allowed.replace("hosts,", "hosts at the most,"),
      wayOut: `Put a pooler before the database, raise max_connections, or allow fewer than ${maxSize} hosts.`,
    };
  if (problem.path === "capacity.memoryMiB" && capacity.memoryMiB === undefined)
    return {
      ...problem,
      path: "instanceType",
      value: `${shown(wish.instanceType)} with ${problem.value} MiB`,
      allowed: `one with ${problem.allowed}`,
      wayOut: "Take a type with more memory, or smaller workers.",
    };
  return problem;
}

/** A balancer that passes packets on forgets a connection without a word: nginx and the kernel speak up before. */
const BEFORE_IT_FORGETS = ["nginx.keepalive_timeout", "net.ipv4.tcp_keepalive_time"];

export function waits({ settings }: Plan, { pools, idleSeconds, title }: Balancer): Problem[] {
  if (pools) return [];
  return settings.flatMap(({ name, value }) =>
    BEFORE_IT_FORGETS.includes(name) && Number(value) >= idleSeconds
      ? [
          {
            path: `tuning["${name}"]`,
            value,
            allowed: `below ${idleSeconds}: after that a ${title} forgets an idle connection`,
          },
        ]
      : [],
  );
}
