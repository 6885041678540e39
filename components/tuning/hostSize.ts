import { CAPACITY } from "./capacity";
import { SETTINGS } from "./concerns";
import { evaluate } from "./formula";
import type { Values } from "./setting";

/** What the computed settings ask of a host. */
export interface HostSize {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** A host that lets every formula go as far as it can: the ends of the capacity's ranges. */
export const LARGEST: HostSize = { cpus: CAPACITY.cpus.max ?? 1, memoryMiB: CAPACITY.memoryMiB.max ?? 0 };

/** Workers on so many CPUs, were there memory for all of them. */
export const workersOn = (cpus: number, values: Values): number =>
  Number(resolveOn({ ...LARGEST, cpus }, values).get("gunicorn.workers"));

/** A number that the user fixed; undefined where it is still a formula. */
export function fixed(values: Values, name: string): number | undefined {
  const value = values.get(name) ?? "";
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Threads of all workers together, and so database connections, on whatever host. */
export function mostThreads(values: Values): number {
  const onHost = resolveOn(LARGEST, values);
  return Number(onHost.get("gunicorn.workers")) * Number(onHost.get("gunicorn.threads") ?? 1);
}

/** What formulas call a setting of their own concern; the host program does the same. */
const wordFor = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** With the settings that each formula may use. */
const COMPUTED = SETTINGS.filter(({ rule }) => rule === "computed").map(({ name, concern }) => ({
  name,
  uses: SETTINGS.filter((other) => other.concern === concern).map((other) => other.name),
}));

/** A plan's values with the numbers of a host of this size, which has nothing of its own. */
export function resolveOn({ cpus, memoryMiB }: HostSize, values: Values): Values {
  const resolved = new Map(values);
  for (const { name, uses } of COMPUTED) {
    const formula = values.get(name);
    if (formula === undefined) continue; // the worker class has no use for it
    const facts: Record<string, number> = { base: 0, cpus, memory_mib: memoryMiB };
    for (const other of uses) {
      const value = fixed(resolved, other);
      if (value !== undefined) facts[wordFor(other)] = value;
    }
    resolved.set(name, String(evaluate(formula, facts)));
  }
  return resolved;
}
