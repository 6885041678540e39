import { firstLimits, type Limit } from "../components/tuning/breaksFirst";
import type { Capacity } from "../components/tuning/capacity";
import { modelOf } from "../components/tuning/model";
import type { Plan } from "../components/tuning/plan";
import { TIERS } from "../components/tuning/tiers";
import type { HostAudit } from "./host";

/** What a host's values come to. */
export interface Verdict {
  /** Whether every setting is as the plan wants it, and nothing stands in its way. */
  readonly holds: boolean;
  /** Which limit is hit first as the host is now, at what load, and which next. */
  readonly breaksFirst: readonly Limit[];
  /** The highest tier that the host would bear as it is now; absent: none. */
  readonly bears?: string;
}

export function judge({ capacity }: Plan, audit: HostAudit): Verdict {
  const bears = [...TIERS]
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
