import type { Capacity } from "./capacity";
import type { Problem } from "./problem";
import type { ValueType } from "./value";

/**
 * How the host compares: what satisfies the rule already is left as it is. `widen` is for ranges (lower end down,
 * upper end up) and for lists (entries are added).
 */
export type Rule = "exactly" | "at least" | "at most" | "widen";

/** Values of the plan by setting name. */
export type Values = ReadonlyMap<string, string>;

/** One knob. The plan, the manifest, the validation of overrides, the report and the reference all read this entry. */
export interface Setting {
  readonly concern: string;
  /** The name that the host and the override use. */
  readonly name: string;
  readonly unit: string;
  /** What the kernel or the distribution gives. */
  readonly default: string;
  readonly rule: Rule;
  /** The values that are allowed, for overrides too. */
  readonly type: ValueType;
  /** The value for a capacity; `earlier` are the plan's values of the entries above. Empty: nothing to set. */
  readonly value: (capacity: Capacity, earlier: Values) => string;
  readonly why: string;
  readonly source: string;
}

/** What must hold between the values of a plan. */
export type Invariant = (values: Values) => Problem[];
