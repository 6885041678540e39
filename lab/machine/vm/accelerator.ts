import { accessSync, constants, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../cache";
import { readOrNothing } from "../process";

/** What runs the machine's instructions. */
export interface Accelerator {
  readonly name: "kvm" | "tcg";
  readonly args: readonly string[];
  /** How long the kernel's first line may take on the console. Unit: milliseconds. */
  readonly patience: number;
}

/** A working KVM shows the first line in less than a second; one that cannot work aborts, or is silent for ever. */
export const KVM: Accelerator = {
  name: "kvm",
  args: ["-accel", "kvm", "-cpu", "host"],
  patience: 8_000,
};

/** Emulation. A boot on the model `max` costs a fifth more: what it can do besides is slow to emulate. */
const TCG: Accelerator = {
  name: "tcg",
  args: ["-accel", "tcg,thread=multi", "-cpu", "qemu64,+rdrand"],
  patience: 60_000,
};

/** Those worth a try on this computer, the best one first. The last one always works. */
export function accelerators(): readonly Accelerator[] {
  return mayHaveKvm() ? [KVM, TCG] : [TCG];
}

/** Whether it is worth a try. */
export function mayHaveKvm(): boolean {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  return readOrNothing(note()) !== thisBoot();
}

/** Until this computer boots again nobody waits for its KVM any more. */
export function rememberThatKvmFails(): void {
  writeFileSync(note(), thisBoot());
}

const note = (): string => join(cacheFolder(), "kvm-fails");
const thisBoot = (): string => readOrNothing("/proc/sys/kernel/random/boot_id");
