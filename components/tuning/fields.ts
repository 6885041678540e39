import type { Form } from "./form";
import { isGiven, isObject } from "./given";
import { field, kindOf, member, shown, strangers, type Problem } from "./problem";

/** What a field of an object may hold. */
export interface Field extends Form {
  readonly required?: boolean;
  /** It decides which resources there are: it cannot be known only later. */
  readonly atOnce?: true;
  /** A list or an object: a member that is known only later is checked then, with the whole. */
  readonly members?: true;
  /** A key may be in it, on purpose or by mistake: its value is not shown. */
  readonly secret?: true;
}

export type Fields<Name extends string = string> = Readonly<Record<Name, Field>>;

/** Whether a value becomes known only while the engine runs. */
export type IsLater = (value: unknown) => boolean;
const never: IsLater = () => false;

export const LATER = "known only later";
const NOT_SHOWN = "something else (not shown)";

/**
 * Everything wrong with an object of fields; a field that is known only later is checked then. `more`: names that it may have
 * besides, which are checked elsewhere.
 */
export function objectProblems(
  path: string,
  fields: Fields,
  given: unknown,
  isLater: IsLater = never,
  more: readonly string[] = [],
): Problem[] {
  const names = [...Object.keys(fields), ...more];
  if (!isObject(given) || isLater(given))
    return [
      { path, value: isLater(given) ? LATER : kindOf(given), allowed: `an object of ${names.join(", ")}` },
    ];
  return [
    ...fieldsProblems(path, fields, given, isLater),
    ...strangers(given, names, (name) => member(path, name)),
  ];
}

/** As `objectProblems`, of these fields alone. */
export function fieldsProblems(
  path: string,
  fields: Fields,
  given: object,
  isLater: IsLater = never,
): Problem[] {
  const values: Readonly<Record<string, unknown>> = { ...given };
  return Object.entries(fields).flatMap(([name, of]) =>
    fieldProblems(field(path, name), of, values[name], isLater),
  );
}

/** Everything wrong with one field. */
export function fieldProblems(
  path: string,
  { allowed, fits, required, atOnce, members, secret }: Field,
  value: unknown,
  isLater: IsLater = never,
): Problem[] {
  if (!isGiven(value)) return required ? [{ path, value: shown(value), allowed }] : [];
  if (isLater(value)) return atOnce ? [{ path, value: LATER, allowed }] : [];
  const known = withoutLater(value, isLater);
  if (members && known === undefined) return [];
  if (fits(members ? known : value)) return [];
  return [{ path, value: secret ? NOT_SHOWN : shown(known ?? []), allowed }];
}

/** A list or an object without the members that are known only later; undefined: nothing is left of it. */
function withoutLater(value: unknown, isLater: IsLater): unknown {
  if (Array.isArray(value)) {
    const known = value.filter((member) => !isLater(member));
    return known.length < value.length && known.length === 0 ? undefined : known;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => !isLater(member)));
}
