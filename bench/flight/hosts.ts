import type { Capacity } from "../../components/tuning/capacity";
import type { MachineOptions } from "../../lab/machine";
import { asInstalled, inContainer, planOf, tunedFor, type Prepare } from "../host/states";

/** A host, and which load it is held against. */
export interface Host {
  readonly name: string;
  readonly machine: MachineOptions;
  readonly prepare: Prepare;
  readonly capacity: Capacity;
}

const tier = (name: string): Capacity => planOf({ tier: name }).capacity;
const inside = (name: string): Capacity => planOf(inContainer(name)).capacity;

export const INSTALLED = "Debian as installed";
const NATIVE: MachineOptions = { kind: "container" };
const EMULATED: MachineOptions = { memoryMiB: 4_096 };
export const CONTAINERS: readonly Host[] = [
  { name: INSTALLED, machine: NATIVE, prepare: asInstalled, capacity: inside("2k") },
  ...["2k", "10k"].map((name) => ({
    name: `work of tier ${name}`,
    machine: NATIVE,
    prepare: tunedFor(inContainer(name)),
    capacity: inside(name),
  })),
];
/** A container may not have as many connections tracked as the requests of these tiers want. */
export const VMS: readonly Host[] = [
  { name: INSTALLED, machine: EMULATED, prepare: asInstalled, capacity: tier("2k") },
  ...["50k", "100k"].map((name) => ({
    name: `tier ${name}`,
    machine: EMULATED,
    prepare: tunedFor({ tier: name }),
    capacity: tier(name),
  })),
];
