import { bootMachine, removeMachine, type Machine, type MachineOptions } from "../../lab/machine";
import type { Say } from "../../lab/progress";
import { opened } from "./closing";
import type { Line, Look } from "./measurement";

/** Boots a machine as it was installed, and takes it away in the end. */
export const onMachine =
  (options: MachineOptions, open: (machine: Machine, say: Say) => Promise<Look>): Line["open"] =>
  async (name, say) => {
    // Neither what a killed run has left nor what this one leaves is gone on with: it would be in some state.
    await removeMachine(name, say);
    const machine = await bootMachine(name, say, { ...options, tethered: true });
    return opened(
      () => removeMachine(name, say),
      () => open(machine, say),
    );
  };
