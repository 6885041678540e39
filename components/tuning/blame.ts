import { member, shown, type Problem } from "./problem";
import type { Origins, Values } from "./setting";

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
