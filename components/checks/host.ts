import { checkConnection } from "./connection";
import { ec2HostProblems, type Purpose } from "./ec2Host";
import { isGiven, isObject } from "../tuning/given";
import { field, member, shown, strangers, type Problem } from "../tuning/problem";
import { rolloutProblems } from "./rollout";
import { checkTuning, nameProblems, type Checked } from "./tuning";
import type { HostArgs, TunedHostArgs } from "../args/tunedHost";
import type { TunedHostsArgs } from "../args/tunedHosts";

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
  return kind === "existing" ? checkConnection(host, path) : ec2HostProblems(host, purpose, path);
}

/** Checks a host, its tuning, and their name: what is known only later is checked then. */
export function checkTunedHost(name: string, { ec2, existing, ...tuning }: TunedHostArgs): Checked {
  const { plan, problems } = checkTuning(tuning);
  const purpose = { plan, allowUntested: tuning.allowUntested };
  return {
    plan,
    problems: [...nameProblems(name), ...problems, ...hostProblems({ ec2, existing }, purpose)],
  };
}

/** As `checkTunedHost`, of several hosts and the order that they are changed in. */
export function checkTunedHosts(name: string, args: TunedHostsArgs): Checked {
  const { hosts, first, maxParallel, ...tuning } = args;
  const { plan, problems } = checkTuning(tuning);
  const purpose = { plan, allowUntested: tuning.allowUntested };
  return {
    plan,
    problems: [
      ...nameProblems(name),
      ...problems,
      ...hostsProblems(hosts, purpose),
      ...rolloutProblems(hosts, first, maxParallel),
    ],
  };
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
