import { isGiven, isObject } from "../tuning/given";
import { RESOURCE_NAME, wholeNumber } from "../tuning/form";
import { member, shown, type Problem } from "../tuning/problem";

const MAX_PARALLEL = { ...wholeNumber(1, 100), default: 4 };

/** Everything wrong with the names of the hosts and the order they are changed in. */
export function rolloutProblems(hosts: unknown, first: unknown, maxParallel: unknown): Problem[] {
  const names = isObject(hosts) ? Object.keys(hosts) : [];
  const { allowed } = MAX_PARALLEL;
  return [
    ...names
      .filter((name) => !RESOURCE_NAME.fits(name))
      .map((name) => ({
        path: member("hosts", name),
        value: "its name",
        allowed: RESOURCE_NAME.allowed,
      })),
    ...(!isGiven(first) || names.some((name) => name === first)
      ? []
      : [{ path: "first", value: shown(first), allowed: names.join(", ") }]),
    ...(!isGiven(maxParallel) || MAX_PARALLEL.fits(maxParallel)
      ? []
      : [{ path: "maxParallel", value: shown(maxParallel), allowed }]),
  ];
}

/**
 * The hosts in the order in which they are changed, each with those that it waits for: the first one, and the one that
 * has its place among the `maxParallel`. By name, since the order in which they were given may be lost on the way.
 */
export function waitsFor(
  names: readonly string[],
  first?: string,
  maxParallel: number = MAX_PARALLEL.default,
): ReadonlyMap<string, readonly string[]> {
  const sorted = [...names].sort();
  const head = first ?? sorted[0] ?? "";
  const rest = sorted.filter((name) => name !== head);
  const place = (index: number): readonly string[] => {
    const before = rest[index - maxParallel];
    return before === undefined ? [head] : [head, before];
  };
  return new Map<string, readonly string[]>([
    [head, []],
    ...rest.map((name, index) => [name, place(index)] as const),
  ]);
}
