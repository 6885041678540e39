import { CAPACITY } from "./capacity";
import { SETTINGS } from "./concerns";
import { evaluate } from "./formula";
import type { Model } from "./model";
import type { Needs } from "./needs";
import type { Values } from "./setting";

/** What the computed settings ask of a host. */
export interface HostSize {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** What the capacity says of the host, and what is advised where it says nothing. */
export const advisedSize = ({ capacity }: Model, { cpus, advisedMemoryMiB }: Needs): HostSize => ({
  cpus: capacity.cpus ?? cpus,
  memoryMiB: capacity.memoryMiB ?? advisedMemoryMiB,
});

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

/** What formulas call the settings that they may use; the host program does the same. */
const FACTS: Readonly<Record<string, string>> = {
  "gunicorn.workers": "workers",
  "gunicorn.threads": "threads",
  "gunicorn.graceful_timeout": "graceful_timeout",
};

const COMPUTED = SETTINGS.filter(({ rule }) => rule === "computed").map(({ name }) => name);

/** A plan's values with the numbers of a host of this size, which has nothing of its own. */
export function resolveOn({ cpus, memoryMiB }: HostSize, values: Values): Values {
  const resolved = new Map(values);
  const facts: Record<string, number> = { base: 0, cpus, memory_mib: memoryMiB };
  for (const [name, fact] of Object.entries(FACTS)) {
    const value = fixed(values, name);
    if (value !== undefined) facts[fact] = value;
  }
  for (const name of COMPUTED) {
    const formula = values.get(name);
    if (formula === undefined) continue; // the worker class has no use for it
    const value = evaluate(formula, facts);
    resolved.set(name, String(value));
    const fact = FACTS[name];
    if (fact) facts[fact] = value;
  }
  return resolved;
}
