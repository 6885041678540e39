import { SETTINGS } from "./concerns";
import { member, shown, type Problem } from "./problem";
import type { Setting } from "./setting";
import { allowedValues, parseValue } from "./value";

const KNOWN: ReadonlyMap<string, Setting> = new Map(SETTINGS.map((setting) => [setting.name, setting]));

/** Everything that is wrong with the values that a user gave by setting name. */
export function overrideProblems(tuning: unknown): Problem[] {
  if (tuning === undefined || tuning === null) return [];
  if (!isObject(tuning))
    return [{ path: "tuning", value: shown(tuning), allowed: "an object of values by setting name" }];
  return Object.entries(tuning).flatMap(([name, given]) => {
    const setting = KNOWN.get(name);
    const path = member("tuning", name);
    if (!setting)
      return [{ path, value: shown(given), allowed: `only the names ${[...KNOWN.keys()].join(", ")}` }];
    if (parseValue(setting.type, given) !== undefined) return [];
    return [{ path, value: shown(given), allowed: allowedValues(setting.type) }];
  });
}

/** The user's value for a setting in its one spelling; undefined where none was given. */
export function overrideOf({ name, type }: Setting, tuning: unknown): string | undefined {
  return isObject(tuning) && Object.hasOwn(tuning, name) ? parseValue(type, tuning[name]) : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
