import type { HostSize } from "../tuning/hostSize";
import { partsOf } from "./instanceType";

/** Memory of a virtual CPU, by series. Unit: GiB. Source: https://aws.amazon.com/ec2/instance-types/ */
const MEMORY: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };
/** From here on these series have that memory; c5n alone has more. */
const FIRST_GENERATION = 5;
/** Of the type's memory, what Linux calls MemTotal at the least: firmware and kernel keep the rest. */
const USABLE = 0.95;
const MIB = 1_024;
/** Virtual CPUs of the sizes that are no multiple of an xlarge. */
const SMALL: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4 };
const OF_AN_XLARGE = 4;

/** What a type of machine has; undefined for one whose series has more than one shape. */
export function sizeOf(instanceType: string): HostSize | undefined {
  const { series = "", generation = "0", options = "", size = "" } = partsOf(instanceType);
  const memory = MEMORY[series];
  const [, times = ""] = /^(\d+)xlarge$/.exec(size) ?? [];
  const cpus = SMALL[size] ?? OF_AN_XLARGE * Number(times);
  if (memory === undefined || Number(generation) < FIRST_GENERATION || cpus < 1) return undefined;
  if (series === "c" && generation === "5" && options === "n") return undefined;
  return { cpus, memoryMiB: Math.floor(cpus * memory * MIB * USABLE) };
}
