import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { MachineFolder } from "./folder";

/** How long a killed process may take to go. Unit: milliseconds. */
const END = 10_000;

/** The id of the machine's QEMU, if it runs. */
export function runningPid(folder: MachineFolder): number | undefined {
  const pid = Number(readOrNothing(folder.pid));
  return Number.isInteger(pid) && pid > 1 && isItsQemu(pid, folder) ? pid : undefined;
}

/** Ends the machine's QEMU at once, which is a power cut to the machine. Returns whether one ran. */
export async function killQemu(folder: MachineFolder): Promise<boolean> {
  const pid = runningPid(folder);
  if (pid === undefined) return false;
  process.kill(pid, "SIGKILL");
  for (const end = Date.now() + END; runningPid(folder) !== undefined; await sleep(50)) {
    if (Date.now() > end)
      throw new Error(
        `QEMU (process ${pid}) of ${folder.path} still runs ${END / 1000} s after SIGKILL. Look at its state: ps ${pid}`,
      );
  }
  return true;
}

/** Ids are used again: only a QEMU that works in the machine's folder is the machine's. A zombie has no command line. */
function isItsQemu(pid: number, folder: MachineFolder): boolean {
  const program = readOrNothing(`/proc/${pid}/cmdline`).split("\0")[0] ?? "";
  if (!/(^|\/)qemu-system-x86_64$/.test(program)) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder.path;
  } catch {
    return false;
  }
}

export function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
