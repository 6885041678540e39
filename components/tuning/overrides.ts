import { SETTINGS } from "./concerns";
import { isGiven, isObject } from "./given";
import { LEFT_ALONE } from "./leftAlone";
import { member, shown, type Problem } from "./problem";
import type { Setting } from "./setting";
import { allowedValues, parseValue } from "./value";

const KNOWN: ReadonlyMap<string, Setting> = new Map(SETTINGS.map((setting) => [setting.name, setting]));

/** Everything that is wrong with the values that a user gave by setting name. */
export function overrideProblems(tuning: unknown): Problem[] {
  if (!isGiven(tuning)) return [];
  if (!isObject(tuning))
    return [{ path: "tuning", value: shown(tuning), allowed: "an object of values by setting name" }];
  return Object.entries(tuning).flatMap(([name, given]) => {
    const setting = KNOWN.get(name);
    const path = member("tuning", name);
    if (!setting) return [unknown(name)];
    if (parseValue(setting.type, given) !== undefined) return [];
    return [{ path, value: shown(given), allowed: allowedValues(setting.type) }];
  });
}

function unknown(name: string): Problem {
  const [path, value] = [member("tuning", name), "given"]; // not shown: it may have come here by mistake
  const left = LEFT_ALONE.find((knob) => knob.name === name);
  if (left) return { path, value, allowed: "nothing, it is left alone", wayOut: left.why };
  const like = [...KNOWN.keys()].sort((one, other) => likeness(other, name) - likeness(one, name))[0];
  return {
    path,
    value,
    allowed: `a setting's name, such as ${like}`,
    wayOut: "All names: docs/settings.md.",
  };
}

/** How far two names begin alike, or the second like the last word of the first. */
function likeness(known: string, name: string): number {
  const common = (one: string): number => [...one].findIndex((letter, i) => letter !== name[i]);
  return Math.max(
    ...[known, known.slice(known.lastIndexOf(".") + 1)].map((one) => (common(one) < 0 ? 99 : common(one))),
  );
}

/** The user's value for a setting in its one spelling; undefined where none was given. */
export function overrideOf({ name, type }: Setting, tuning: unknown): string | undefined {
  return isObject(tuning) && Object.hasOwn(tuning, name) ? parseValue(type, tuning[name]) : undefined;
}
