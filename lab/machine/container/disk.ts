import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "../../run";
import { machineFolder, type MachineFolder } from "../folder";
import { readOrNothing, runningPid } from "../process";

/** What a container changes lies here, over the image's root. */
const DISK = "upper";
const KEY = "etc/ssh/ssh_host_ed25519_key.pub";
/** Unit: milliseconds. */
const KEY_TIMEOUT = 60_000;

/** Copies the disk of a container that is off into a folder of its own, as an image is made of an instance. */
export async function copyDisk(name: string, to: string): Promise<void> {
  const folder = machineFolder(name);
  if (runningPid(folder) !== undefined)
    throw new Error(`The machine ${name} runs: its disk can be copied when it is off.`);
  await copy(join(folder.path, DISK), to);
}

/** Puts such a copy in the place of a new container's empty disk. */
export async function insertDisk(folder: MachineFolder, disk: string): Promise<void> {
  const own = join(folder.path, DISK);
  rmSync(own, { recursive: true });
  await copy(disk, own);
}

/** The key that a machine has made for itself, seen on its disk: `ssh-ed25519 AAAA…`. */
export async function ownKey(folder: MachineFolder, disk: string): Promise<string> {
  const others = keyOn(disk);
  for (const end = Date.now() + KEY_TIMEOUT; ; await sleep(100)) {
    const own = keyOn(join(folder.path, DISK));
    if (own !== undefined && own !== others) return own;
    if (Date.now() > end)
      throw new Error(`The machine in ${folder.path} has made no key of its own in ${KEY_TIMEOUT / 1000} s.`);
  }
}

/** An overlay has a device in the place of a file that is gone. */
function keyOn(disk: string): string | undefined {
  const [kind, key] = readOrNothing(join(disk, KEY)).split(" ");
  return key === undefined ? undefined : `${kind} ${key.trim()}`;
}

/** With owners, modes, attributes, and what an overlay notes of files that are gone. */
const copy = (from: string, to: string) =>
  must("cp", ["--archive", "--reflink=auto", "--no-target-directory", from, to]);
