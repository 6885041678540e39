import { saidIn } from "./said";
import { firstLimits, type Limit } from "./breaksFirst";
import type { Capacity } from "./capacity";
import { modelOf } from "./model";
import type { Plan } from "./plan";
import type { Report, ReportedHost, ReportedSetting } from "./report";
import { TIERS } from "./tiers";

/** What a host says of itself: components/host/heavyload/audit.py. */
export interface HostAudit {
  /** Who tunes it already; empty: nobody. */
  readonly owner: string;
  readonly host: ReportedHost;
  readonly settings: readonly ReportedSetting[];
  /** What applying the plan would change, a line each. */
  readonly changes: readonly string[];
  /** The files among that, as `diff -u` has them. */
  readonly files: readonly { readonly path: string; readonly diff: string }[];
  readonly refused: readonly Refusal[];
  readonly usage: readonly Usage[];
}

/** What stands in the way of applying it. */
export interface Refusal {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly where: string;
  readonly wayOut: string;
}

/** How much of a limit is in use at this moment. */
export interface Usage {
  readonly limit: string;
  readonly used: number;
  readonly of: number;
  readonly where: string;
}

/** What a host's values come to. */
export interface Verdict {
  /** Whether every setting is as the plan wants it, and nothing stands in its way. */
  readonly holds: boolean;
  /** Which limit is hit first as the host is now, at what load, and which next. */
  readonly breaksFirst: readonly Limit[];
  /** The highest tier that the host would bear as it is now; absent: none. */
  readonly bears?: string;
}

/** Without a value of these a server was not read, and nobody knows what it bears. */
const OF_SERVERS = ["nginx.worker_connections", "gunicorn.workers"];

export const serversAreRead = ({ settings }: HostAudit): boolean =>
  OF_SERVERS.every((name) => settings.some((setting) => setting.name === name));

export function judge({ capacity }: Plan, audit: HostAudit): Verdict {
  const bears = (serversAreRead(audit) ? [...TIERS] : [])
    .filter(([, load]) =>
      limitsOf(load, audit).every(({ times, onlyIf }) => times >= 1 || onlyIf !== undefined),
    )
    .map(([name]) => name)
    .pop();
  return {
    holds: audit.refused.length === 0 && audit.settings.every(({ ok }) => ok),
    breaksFirst: limitsOf(capacity, audit),
    ...(bears !== undefined && { bears }),
  };
}

/** By the values found; a limit that the host has no value for is not told. */
function limitsOf(load: Capacity, { host, settings }: HostAudit): Limit[] {
  const size = { cpus: host.cpus, memoryMiB: host.memoryMiB };
  const found = new Map(settings.map(({ name, now }) => [name, now.replace(/^auto: /, "")]));
  return firstLimits(modelOf({ ...load, ...size }), found, size).filter(({ at }) => Number.isFinite(at));
}

/**
 * Reads what the host's `audit` prints.
 * @throws Error that holds what it prints instead
 */
export function parseAudit(stdout: string): HostAudit {
  const line = saidIn(stdout, '{"owner"');
  if (line === undefined) throw new Error(`the host said something else: ${stdout.slice(0, 200)}`);
  return JSON.parse(line) as HostAudit;
}

export const refusalLine = ({ what, wanted, found, where, wayOut }: Refusal): string =>
  `${what}: wanted ${wanted}, found ${found} (${where}). ${wayOut}`;

/** As a report, of a host on which nothing was changed. */
export function reportOfAudit(plan: Plan, audit: HostAudit): Report {
  const { holds, bears, breaksFirst } = judge(plan, audit);
  const { connections, requestsPerSecond } = plan.capacity;
  return {
    tier: plan.tier,
    capacity: { connections, requestsPerSecond },
    host: audit.host,
    settings: [...audit.settings],
    audit: {
      holds,
      ...(bears !== undefined && { bears }),
      breaksFirst: breaksFirst.map(({ at, unit, limit, then }) => `${at} ${unit}: ${limit}; ${then}`),
      changes: [...audit.changes],
      refused: audit.refused.map(refusalLine),
    },
  };
}
