import type { Capacity } from "./capacity";
import { firstLimits, type Limit } from "./breaksFirst";
import { SETTINGS } from "./concerns";
import { invariantProblems } from "./invariants";
import { resolveOn, type HostSize } from "./hostSize";
import { modelOf, type Model } from "./model";
import { advisedSize, capacityShortfalls, needsOf, type Needs } from "./needs";
import { overrideProblems, overrideOf } from "./overrides";
import type { Problem } from "./problem";
import type { Earlier, Origins, Setting, Values } from "./setting";
import { resolveLoad } from "./tiers";

/** A setting with the value that the host must have. */
export interface PlannedSetting extends Omit<Setting, "value" | "overridden"> {
  readonly value: string;
  /** Of a formula: what it comes to on the host that the plan counts on. */
  readonly comesTo?: string;
  /** Whether the value is the user's own and not the formula's. */
  readonly overridden: boolean;
}

/** What a host of some capacity must have, and what it must be. */
export interface Plan {
  /** The tier's name, or `custom` where the user gave a capacity. */
  readonly tier: string;
  readonly capacity: Capacity;
  readonly settings: readonly PlannedSetting[];
  readonly needs: Needs;
  /** The host as the capacity describes it, or as `needs` advises: computed values and limits are counted on it. */
  readonly countedOn: HostSize;
  /** Which limit is hit first, at what load, and which next. */
  readonly breaksFirst: readonly Limit[];
}

/** What the user wishes, not checked yet: values may be of any type. */
export interface PlanInput {
  readonly tier?: unknown;
  readonly capacity?: unknown;
  /** Values by setting name, over those of the formulas. */
  readonly tuning?: unknown;
}

export type Planned =
  | { readonly plan: Plan; readonly problems?: undefined }
  | { readonly plan?: undefined; readonly problems: readonly Problem[] };

const onAdvised = (setting: PlannedSetting, onHost: Values): PlannedSetting => {
  const comesTo = onHost.get(setting.name);
  return comesTo === undefined || comesTo === setting.value ? setting : { ...setting, comesTo };
};

interface Worked {
  readonly settings: readonly PlannedSetting[];
  readonly values: Values;
  readonly origins: Origins;
}

/** The value of each setting: the user's own, or what the formula makes of the load and of earlier values. */
function workOut(model: Model, tuning: unknown): Worked {
  const settings: PlannedSetting[] = [];
  const values = new Map<string, string>();
  const origins = new Map<string, string>();
  for (const setting of SETTINGS) {
    const { value: formula, overridden: ofOverride, ...entry } = setting;
    const { name } = setting;
    const override = overrideOf(setting, tuning);
    let origin = override === undefined ? undefined : name;
    const earlier: Earlier = {
      get: (read) => {
        origin ??= origins.get(read);
        return values.get(read);
      },
    };
    const value = override ?? formula(model, earlier);
    if (value === "") continue;
    values.set(name, value);
    if (origin !== undefined) origins.set(name, origin);
    const isOverride = override !== undefined;
    const rule = (isOverride && ofOverride) || entry.rule;
    settings.push({ ...entry, rule, value, overridden: isOverride });
  }
  return { settings, values, origins };
}

/** The plan for a wish, or everything that is wrong with the wish. */
export function makePlan({ tier, capacity, tuning }: PlanInput): Planned {
  const load = resolveLoad(tier, capacity);
  const wrong = overrideProblems(tuning);
  if (Array.isArray(load)) return { problems: [...load, ...wrong] };
  const model = modelOf(load.capacity);
  const { settings, values, origins } = workOut(model, tuning);
  // Overrides that are wrong by themselves have left the plan's own values in their place.
  const problems = [...capacityShortfalls(model), ...wrong, ...invariantProblems(values, model, origins)];
  if (problems.length > 0) return { problems };
  const needs = needsOf(model, values);
  const countedOn = advisedSize(model, needs);
  const onHost = resolveOn(countedOn, values);
  return {
    plan: {
      ...load,
      settings: settings.map((setting) => onAdvised(setting, onHost)),
      needs,
      countedOn,
      breaksFirst: firstLimits(model, onHost, countedOn),
    },
  };
}
