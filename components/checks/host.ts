import { checkConnection } from "./connection";
import { ec2HostProblems } from "./ec2Host";
import { isGiven, isObject } from "./given";
import { holdsLater } from "./later";
import { makePlan, type Wish } from "../tuning/plan";
import { field, member, shown, strangers, type Problem } from "../tuning/problem";
import type { HostArgs } from "../args/tunedHost";

/** What decides whether a machine fits: the load, and whether untested systems are let through. */
interface Purpose extends Wish {
  readonly allowUntested?: unknown;
}

export type HostKind = keyof HostArgs;
const KINDS: readonly HostKind[] = ["ec2", "existing"];

/** Everything wrong with the choice of a host: which of the two it is, and how that one is made or reached. */
export function hostProblems(
  host: Readonly<Partial<Record<HostKind, unknown>>>,
  purpose: Purpose,
  path = "",
): Problem[] {
  const [kind, ...more] = KINDS.filter((kind) => isGiven(host[kind]));
  if (kind && more.length === 0) return kindProblems(kind, host[kind], purpose, field(path, kind));
  const value = kind ? `given beside ${more.join(", ")}` : shown(undefined);
  const allowed = `one of ${KINDS.map((kind) => field(path, kind)).join(" or ")}`;
  return [{ path: field(path, "ec2"), value, allowed }];
}

/** Everything wrong with how one kind of host is made or reached. */
export function kindProblems(kind: HostKind, host: unknown, purpose: Purpose, path: string): Problem[] {
  const { allowUntested } = purpose;
  return kind === "existing"
    ? checkConnection(host, path)
    : ec2HostProblems(host, { connections: connectionsOf(purpose), allowUntested }, path);
}

/** Everything wrong with several hosts, by name. */
export function hostsProblems(hosts: unknown, purpose: Purpose): Problem[] {
  if (!isObject(hosts) || Object.keys(hosts).length === 0)
    return [{ path: "hosts", value: shown(hosts), allowed: "an object of hosts by name, at least one" }];
  return Object.entries(hosts).flatMap(([name, host]) => {
    const path = member("hosts", name);
    if (!isObject(host))
      return [{ path, value: shown(host), allowed: `an object of one of ${KINDS.join(" and ")}` }];
    return [...hostProblems(host, purpose, path), ...strangers(host, KINDS, (name) => field(path, name))];
  });
}

/** Undefined where it is known only later. */
function connectionsOf({ tier, capacity, tuning }: Purpose): number | undefined {
  const wish = { tier, capacity, tuning };
  return holdsLater(wish) ? undefined : makePlan(wish).plan?.capacity.connections;
}
