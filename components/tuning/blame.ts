import { member, shown, type Problem } from "./problem";
import type { Values } from "./setting";

/** By the name of each setting whose value the user chose, or that follows from such a one: what they gave. */
export type Origins = ReadonlyMap<string, string>;

/** What is wrong with the value of a setting, told of the value that the user gave. */
export function blame(
  name: string,
  allowed: string,
  wayOut: string,
  values: Values,
  origins: Origins,
): Problem {
  const given = origins.get(name) ?? name;
  const value = values.get(given) ?? "";
  return {
    path: member("tuning", given),
    value: /^\d+$/.test(value) ? value : shown(value),
    allowed: given === name ? allowed : `one with which ${name} is ${allowed}, not ${values.get(name)}`,
    wayOut,
  };
}
