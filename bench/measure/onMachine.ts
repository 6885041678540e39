import { bootMachine, removeMachine, type Machine, type MachineOptions } from "../../lab/machine";
import type { Say } from "../../lab/progress";
import type { Line, Look } from "./measurement";

/** Boots a machine as it was installed, and takes it away in the end. */
export const onMachine =
  (options: MachineOptions, open: (machine: Machine, say: Say) => Promise<Look>): Line["open"] =>
  async (name, say) => {
    // Tethered: a run that is killed leaves no machine in some state behind, which the next one would go on with.
    const machine = await bootMachine(name, say, { ...options, tethered: true });
    const close = () => removeMachine(name, say);
    try {
      return { look: await open(machine, say), close };
    } catch (error) {
      await close();
      throw error;
    }
  };
