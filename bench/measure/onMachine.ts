import { bootMachine, removeMachine, type Machine, type MachineOptions } from "../../lab/machine";
import type { Say } from "../../lab/progress";
import { opened } from "./closing";
import type { Line, Look } from "./measurement";

/** A machine as it was installed: neither what a killed run has left nor what this one leaves is gone on with. */
export async function bootAnew(name: string, options: MachineOptions, say: Say): Promise<Machine> {
  await removeMachine(name, say);
  return bootMachine(name, say, { ...options, tethered: true });
}

/** Boots a machine as it was installed, and takes it away in the end. */
export const onMachine =
  (options: MachineOptions, open: (machine: Machine, say: Say) => Promise<Look>): Line["open"] =>
  (name, say) =>
    opened(async (atEnd) => {
      const machine = await bootAnew(name, options, say);
      atEnd(() => removeMachine(name, say));
      return open(machine, say);
    });
