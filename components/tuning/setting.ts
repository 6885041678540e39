import type { Model } from "./model";
import type { Problem } from "./problem";
import type { ValueType } from "./value";

/**
 * How the host compares: what satisfies the rule already is left as it is. `widen` is for ranges (lower end down,
 * upper end up) and for lists (entries are added). `by default` gives way to what people have chosen. `computed` is a formula that the host works out from its CPUs and
 * memory; `base` in it is what the host would have without us.
 */
export type Rule = "exactly" | "at least" | "at most" | "widen" | "by default" | "computed";

/** Values of the plan by setting name. */
export type Values = ReadonlyMap<string, string>;

/** What a formula sees of them. */
export type Earlier = Pick<Values, "get">;

/** What an entry says of its knob, whether it is set or left alone. */
export interface Knob {
  readonly concern: string;
  /** The name that the host and the override use; a server's own knobs have its name before them. */
  readonly name: string;
  readonly unit: string;
  /** What the kernel, the program or the distribution gives. */
  readonly default: string;
  /** The most that a host as installed may have; absent: `default` is that number, or there is none. */
  readonly mostByDefault?: number;
  readonly why: string;
  /** A page, a manual's section, or where it was measured. */
  readonly source: string;
  /** Where it does nothing by itself, or from which version on it exists. */
  readonly condition?: string;
}

/** Where a setting stands on the host, and how it is read there: what the host program knows of it, with which this travels. */
export interface Place {
  /**
   * `sysctl`; `nofile`, a limit of processes and logins; nginx's `main`, `events` and `http`, or a `listen`, an
   * `upstream`, an `access_log`; gunicorn's `configuration`, or its `unit`; `app`, an application that heavyload sets up.
   */
  readonly at: string;
  /** How nginx's word for it is read. */
  readonly kind?: "number" | "time" | "word" | "processes";
  /** What counts in nginx where nothing is written. */
  readonly given?: string;
  /** What counted before a version of nginx, by that version. */
  readonly givenBefore?: Readonly<Record<string, string>>;
  /** What whoever writes it has turned off. */
  readonly off?: string;
  /** gunicorn's options for it, the long one first. */
  readonly flags?: readonly string[];
  /** The first version of its server that has it; where an older one runs it is not applicable. */
  readonly since?: string;
  /** What a value must match as a whole, where it goes into a file of a server's. */
  readonly form?: string;
  /** Why a host may have no such key. Without it every host has. */
  readonly absent?: string;
}

/**
 * A knob that is set. The plan, the manifest, the checks, explain, the reference, the tests and the host program read
 * this entry.
 */
export interface Setting extends Knob {
  readonly place: Place;
  readonly rule: Rule;
  /** The rule of a value that the user chose, where it is another one. */
  readonly overridden?: Rule;
  /** The values that are allowed, for overrides too. */
  readonly type: ValueType;
  /** What `value` does, in words. */
  readonly formula: string;
  /** The value for a load; `earlier` are the plan's values of the entries above. Empty: nothing to set. */
  readonly value: (model: Model, earlier: Earlier) => string;
}

/** By the name of each setting whose value the user chose, or that follows from such a one: what they gave. */
export type Origins = ReadonlyMap<string, string>;

/** What must hold between the values of a plan. */
export type Invariant = (values: Values, model: Model, origins: Origins) => Problem[];

/** Formula and value of a setting that is the same for every load. */
export const always = (value: string): Pick<Setting, "formula" | "value"> => ({
  formula: value,
  value: () => value,
});

/** Formula and value of a setting that has the value of an earlier one. */
export const sameAs = (name: string): Pick<Setting, "formula" | "value"> => ({
  formula: name,
  value: (_, earlier) => earlier.get(name) ?? "",
});

/** Entries of one concern, which is then said once. */
export const entriesOf = <T extends Knob>(concern: string, entries: readonly Omit<T, "concern">[]): T[] =>
  entries.map((entry) => ({ concern, ...entry }) as T);
