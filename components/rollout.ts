import { member, shown, type Problem } from "./tuning/problem";

const MAX_PARALLEL = { default: 4, min: 1, max: 100 } as const;

/** A host's name is part of its resources' names. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/@+-]*$/;

/** Everything wrong with the names of the hosts and the order they are changed in. */
export function rolloutProblems(hosts: unknown, first: unknown, maxParallel: unknown): Problem[] {
  const names = typeof hosts === "object" && hosts !== null ? Object.keys(hosts) : [];
  const { min, max } = MAX_PARALLEL;
  const isCount = Number.isInteger(maxParallel) && Number(maxParallel) >= min && Number(maxParallel) <= max;
  return [
    ...names
      .filter((name) => !NAME.test(name))
      .map((name) => ({
        path: member("hosts", name),
        value: "its name",
        allowed: "letters, digits and . _ / @ + -, beginning with a letter or digit",
      })),
    ...(first === undefined || first === null || names.some((name) => name === first)
      ? []
      : [{ path: "first", value: shown(first), allowed: names.join(", ") }]),
    ...(maxParallel === undefined || maxParallel === null || isCount
      ? []
      : [
          { path: "maxParallel", value: shown(maxParallel), allowed: `a whole number from ${min} to ${max}` },
        ]),
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
