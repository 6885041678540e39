import { Tuned } from "../../lab/drive/tuned";
import type { Machine } from "../../lab/machine";

/** Memory that programs cannot have for themselves any more, by the machine's own accounting. */
export const usedKiB = async (machine: Machine): Promise<number> =>
  Number(
    await new Tuned(machine).root(
      "awk '/^MemTotal:/ { all = $2 } /^MemAvailable:/ { print all - $2 }' /proc/meminfo",
    ),
  );
