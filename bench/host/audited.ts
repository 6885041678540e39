import { askHost } from "../../audit/host";
import { judge, type HostAudit } from "../../components/tuning/audit";
import type { Limit } from "../../components/tuning/breaksFirst";
import type { PlanInput } from "../../components/tuning/plan";
import { sshArguments, type Machine } from "../../lab/machine";
import { planOf } from "./states";

/** For the host's answer. */
const SECONDS = 120;

/** What `npm run audit` says of a machine. */
export interface Audited extends HostAudit {
  /** The first one hit first. */
  readonly limits: readonly Limit[];
}

/** @param capacity the load that it is held against */
export function audited(machine: Machine, capacity: PlanInput["capacity"]): Audited {
  const plan = planOf({ capacity });
  const audit = askHost(sshArguments(machine), plan, { allowUntested: false, seconds: SECONDS });
  return { ...audit, limits: judge(plan, audit).breaksFirst };
}

/** What a setting is there; NaN: nothing, or no number. */
export const numberOf = ({ settings }: Audited, wanted: string): number =>
  Number(settings.find(({ name }) => name === wanted)?.now);
