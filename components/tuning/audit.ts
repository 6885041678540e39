import { isObject } from "./given";
import { forTerminal, saidIn } from "./said";
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
  /** What a person should know besides, a line each: others who write the same values. */
  readonly notes: readonly string[];
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
  /** Whether every setting is as the plan wants it, nothing stands in its way, and no limit is hit below the load. */
  readonly holds: boolean;
  /** Which limit is hit first as the host is now, at what load, and which next. */
  readonly breaksFirst: readonly Limit[];
  /** The highest tier that the host would bear as it is now; absent: none. */
  readonly bears?: string;
}

/** Without a value of these a layer was not read, and nobody knows what it bears. */
const OF_SERVERS = ["nginx.worker_connections", "gunicorn.workers", "net.core.somaxconn"];

export const serversAreRead = ({ settings }: HostAudit): boolean =>
  OF_SERVERS.every((name) => settings.some((setting) => setting.name === name));

export function judge({ capacity }: Plan, audit: HostAudit): Verdict {
  const carries = (limits: readonly Limit[]): boolean =>
    limits.every(({ times, onlyIf }) => times >= 1 || onlyIf !== undefined);
  const bears = (serversAreRead(audit) ? [...TIERS] : [])
    .filter(([, load]) => carries(limitsOf(load, audit)))
    .map(([name]) => name)
    .pop();
  const breaksFirst = limitsOf(capacity, audit);
  const { refused, settings } = audit;
  return {
    holds: refused.length === 0 && settings.every(({ ok }) => ok) && carries(breaksFirst),
    breaksFirst,
    ...(bears !== undefined && { bears }),
  };
}

/** By the values found. */
function limitsOf(load: Capacity, { host, settings }: HostAudit): Limit[] {
  const size = { cpus: host.cpus, memoryMiB: host.memoryMiB };
  const found = new Map(settings.map(({ name, now }) => [name, now.replace(/^auto: /, "")]));
  return firstLimits(modelOf({ ...load, ...size }), found, size);
}

/**
 * Reads what the host's `audit` prints.
 * @throws Error that holds what it prints instead
 */
export function parseAudit(stdout: string): HostAudit {
  const line = saidIn(stdout, '{"owner"');
  const strange = new Error(`the host said something else: ${forTerminal(stdout.slice(0, 200))}`);
  if (line === undefined) throw strange;
  let audit: unknown;
  try {
    audit = JSON.parse(line);
  } catch {
    throw strange;
  }
  if (!isAudit(audit)) throw strange;
  if (audit.settings.length === 0 && audit.refused.length === 0)
    throw new Error("the host has told no setting, and nothing that stands in the way");
  return audit;
}

const LISTS = ["settings", "changes", "notes", "files", "refused", "usage"] as const;
/** Of a setting what is read here. */
const WORDS = ["name", "now", "wanted", "rule", "state"] as const;

function isAudit(audit: unknown): audit is HostAudit {
  if (!isObject(audit) || typeof audit["owner"] !== "string" || !isObject(audit["host"])) return false;
  const { cpus, memoryMiB } = audit["host"];
  if (typeof cpus !== "number" || typeof memoryMiB !== "number") return false;
  if (!LISTS.every((name) => Array.isArray(audit[name]))) return false;
  return (audit["settings"] as readonly unknown[]).every(
    (setting) => isObject(setting) && WORDS.every((name) => typeof setting[name] === "string"),
  );
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
      notes: [...audit.notes],
      refused: audit.refused.map(refusalLine),
    },
  };
}
