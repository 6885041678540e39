import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { machineFolder } from "../../lab/machine/folder";

const CGROUPS = "/sys/fs/cgroup";

/** Everything of a machine that this computer has: folder, processes, network devices and namespaces, control groups. */
export function traces(name: string): string[] {
  const { path, tag } = machineFolder(name);
  const folders = readdirSync(dirname(path)).filter((found) => found.startsWith(basename(path)));
  const places = [
    join("/sys/class/net", tag),
    join("/run/netns", tag),
    ...["", ...readdirSync(CGROUPS)].map((hierarchy) => join(CGROUPS, hierarchy, tag)),
  ];
  return [...folders, ...places.filter(existsSync), ...processesIn(path)];
}

function processesIn(folder: string): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder); // also one that is removed
      } catch {
        return false; // it has ended
      }
    });
}

/** What is left of it after some seconds. */
export async function tracesAtLast(name: string): Promise<string[]> {
  for (const end = Date.now() + 10_000; traces(name).length > 0 && Date.now() < end;) await sleep(50);
  return traces(name);
}
