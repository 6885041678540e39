/** Whether there is a value at all: engines and other languages say null where there is none. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** An object by whose names something is given: no list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Without what is no value. */
export const withoutNulls = <T extends object>(args: T): T =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => isGiven(value))) as T;

/** An object without some of its fields. */
export const without = <T extends object, Name extends keyof T>(
  object: T,
  names: readonly Name[],
): Omit<T, Name> =>
  Object.fromEntries(
    Object.entries(object).filter(([name]) => !names.some((other) => other === name)),
  ) as Omit<T, Name>;
