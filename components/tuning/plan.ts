import type { Capacity } from "./capacity";
import { CONCERNS } from "./concerns";
import { overrideProblems, overrideOf } from "./overrides";
import type { Problem } from "./problem";
import type { Setting } from "./setting";
import { resolveLoad } from "./tiers";

/** A setting with the value that the host must have. */
export interface PlannedSetting extends Pick<
  Setting,
  "concern" | "name" | "unit" | "rule" | "default" | "why" | "source"
> {
  readonly value: string;
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
}

export interface Needs {
  /** Unit: MiB. */
  readonly memoryMiB: number;
}

/** What the user wishes, not checked yet: values may be of any type. */
export interface Wish {
  readonly tier?: unknown;
  readonly capacity?: unknown;
  /** Values by setting name, over those of the formulas. */
  readonly tuning?: unknown;
}

export type Planned =
  | { readonly plan: Plan; readonly problems?: undefined }
  | { readonly plan?: undefined; readonly problems: readonly Problem[] };

/** The operating system, nginx and the Django processes at rest. Unit: MiB. */
const BASE_MEMORY = 512;
/** 3.7 KB in the kernel and 0.9 KB in nginx were measured for an idle connection. Unit: KiB. */
const CONNECTION_MEMORY = 5;
const MEMORY_STEP = 128;

/** The plan for a wish, or everything that is wrong with the wish. */
export function makePlan({ tier, capacity, tuning }: Wish): Planned {
  const load = resolveLoad(tier, capacity);
  const problems = [...(Array.isArray(load) ? load : []), ...overrideProblems(tuning)];
  if (problems.length > 0 || Array.isArray(load)) return { problems };
  const values = new Map<string, string>();
  const settings: PlannedSetting[] = [];
  for (const setting of CONCERNS.flatMap((concern) => concern.settings)) {
    const override = overrideOf(setting, tuning);
    const value = override ?? setting.value(load.capacity, values);
    if (value === "") continue;
    values.set(setting.name, value);
    settings.push(planned(setting, value, override !== undefined));
  }
  const broken = CONCERNS.flatMap(({ invariants }) => invariants.flatMap((holds) => holds(values)));
  if (broken.length > 0) return { problems: broken };
  return { plan: { ...load, settings, needs: needsOf(load.capacity) } };
}

function planned(setting: Setting, value: string, overridden: boolean): PlannedSetting {
  const { concern, name, unit, rule, default: given, why, source } = setting;
  return { concern, name, unit, rule, default: given, why, source, value, overridden };
}

function needsOf({ connections }: Capacity): Needs {
  const memory = BASE_MEMORY + (connections * CONNECTION_MEMORY) / 1024;
  return { memoryMiB: Math.ceil(memory / MEMORY_STEP) * MEMORY_STEP };
}
