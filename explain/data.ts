import type { Limit } from "../components/tuning/breaksFirst";
import type { Capacity } from "../components/tuning/capacity";
import type { HostSize } from "../components/tuning/hostSize";
import { LEFT_ALONE } from "../components/tuning/leftAlone";
import type { Needs } from "../components/tuning/needs";
import type { Plan, PlannedSetting } from "../components/tuning/plan";
import type { Knob } from "../components/tuning/setting";

/** `explain --json`. */
export interface Explained {
  readonly tier: string;
  readonly capacity: Capacity;
  readonly needs: Needs;
  /** The host on which computed values and limits are counted. */
  readonly countedOn: HostSize;
  readonly breaksFirst: readonly Limit[];
  readonly settings: readonly PlannedSetting[];
  /** Knobs that are better left as they are. */
  readonly left: readonly (Knob & { readonly rule: "left" })[];
}

export function planData(
  { tier, capacity, needs, countedOn, breaksFirst, settings }: Plan,
  concern?: string,
): Explained {
  const wanted = (knob: Knob): boolean => concern === undefined || knob.concern === concern;
  return {
    tier,
    capacity,
    needs,
    countedOn,
    breaksFirst,
    settings: settings.filter(wanted),
    left: LEFT_ALONE.filter(wanted).map((knob) => ({ ...knob, rule: "left" })),
  };
}
