import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ensurePackages } from "../packages";
import type { Say } from "../progress";
import { type MachineFolder, type MachineRecord, machineFolder, readRecord, writeRecord } from "./folder";
import { insertDisk, ownKey } from "./container/disk";
import { ensureImage, imageFile } from "./image";
import type { KindName } from "./kindName";
import { KINDS } from "./kinds";
import { type Machine, machineOf } from "./machine";
import { checkOptions, DEFAULTS, type MachineOptions } from "./options";
import type { Release } from "./releases";
import { keep, kill, readOrNothing, runningPid } from "./process";
import { bootId, waitUntilReady } from "./ready";
import { ssh } from "./ssh";

export type { Machine } from "./machine";
export type { MachineOptions } from "./options";
export { bootId } from "./ready";
export { copyDisk } from "./container/disk";
export { sharedSsh, ssh, sshArguments } from "./ssh";

/**
 * Boots the machine of that name and waits until it is ready. One that runs is returned as it is; one that has died
 * boots again, with what it had on its disk; where there was none a new one is made. Throws when it is not ready in
 * time; a new one is then gone.
 */
export async function bootMachine(name: string, say: Say, options: MachineOptions = {}): Promise<Machine> {
  const { release, kind, tethered, userNamespace, disk, ...size } = options;
  const folder = machineFolder(name);
  const known = readRecord(folder);
  checkOptions(options, known);
  if (runningPid(folder) === undefined) {
    const chosen = known?.kind ?? kind ?? DEFAULTS.kind;
    await ensurePackages(say, KINDS[chosen].needs);
    const record = known ?? {
      ...(await makeMachine(name, folder, chosen, release ?? DEFAULTS.release, say)),
      ...(userNamespace && { userNamespace }),
    };
    if (disk !== undefined) await insertDisk(folder, disk);
    try {
      await boot(folder, { ...record, ...given(size) }, say, disk);
    } catch (error) {
      await (known ? kill(folder) : removeMachine(name));
      throw error;
    }
  } else if (readOrNothing(folder.ready) !== readOrNothing(folder.pid)) await ready(folder, say); // another one boots it
  if (!tethered) await keep(folder);
  return machineIn(folder);
}

async function boot(folder: MachineFolder, record: MachineRecord, say: Say, disk?: string): Promise<void> {
  const { name, cpus, memoryMiB, kind } = record;
  say(`booting the machine ${name} (${kind}${cpus ? `, ${cpus} CPUs, ${memoryMiB} MiB` : ""})`);
  const start = Date.now();
  writeRecord(folder, { ...record, ...(await KINDS[kind].start(folder, record, say)) });
  if (disk !== undefined) writeRecord(folder, { ...recordIn(folder), hostKey: await ownKey(folder, disk) });
  await ready(folder, say);
  const { accelerator } = recordIn(folder);
  const seconds = ((Date.now() - start) / 1000).toFixed(kind === "vm" ? 0 : 1);
  say(`the machine ${name} is ready (${accelerator}, ${seconds} s)`);
}

async function ready(folder: MachineFolder, say: Say, previous?: string): Promise<void> {
  await waitUntilReady(await machineIn(folder), folder, say, previous);
  writeFileSync(folder.ready, readOrNothing(folder.pid));
}

/** The running machine of that name, if there is one. */
export async function findMachine(name: string): Promise<Machine | undefined> {
  const folder = machineFolder(name);
  const runs = runningPid(folder) !== undefined && readRecord(folder) !== undefined;
  return runs ? machineIn(folder) : undefined;
}

/** A machine that this process has booted tethered outlives it all the same. */
export function keepMachine(name: string): Promise<void> {
  return keep(machineFolder(name));
}

/** Ends the machine and removes all that is kept of it. Fine when there is none. */
export async function removeMachine(name: string, say: Say = () => undefined): Promise<void> {
  const folder = machineFolder(name);
  await end(folder);
  rmSync(folder.path, { recursive: true, force: true });
  say(`the machine ${name} is gone`);
}

/** A power cut: what runs it is killed, the disk stays as it is. Throws when the machine does not run. */
export async function cutPower(name: string): Promise<void> {
  if (!(await end(machineFolder(name))))
    throw new Error(`The lab machine "${name}" does not run: there is no power to cut.`);
}

/** Turns the machine off from inside, in order, and waits until it is. */
export async function turnOff(machine: Machine): Promise<void> {
  const folder = machineFolder(machine.name);
  await ssh(machine, "sudo systemctl poweroff", { timeout: 60_000 });
  for (const last = Date.now() + 60_000; runningPid(folder) !== undefined; await sleep(50))
    if (Date.now() > last) throw new Error(`The lab machine "${machine.name}" does not turn off.`);
  await end(folder);
}

async function end(folder: MachineFolder): Promise<boolean> {
  const ran = await kill(folder);
  const record = readRecord(folder);
  if (record) await KINDS[record.kind].gone(record);
  return ran;
}

/** Reboots the machine from inside, in order, and waits until the new boot is ready. */
export async function rebootMachine(machine: Machine, say: Say): Promise<void> {
  const folder = machineFolder(machine.name);
  const before = await bootId(machine);
  rmSync(folder.ready, { force: true });
  say(`rebooting the machine ${machine.name}`);
  // Its exit status says nothing: the connection may end before the command does.
  await ssh(machine, "sudo systemctl reboot", { timeout: 60_000 });
  await ready(folder, say, before);
}

async function makeMachine(
  name: string,
  folder: MachineFolder,
  kind: KindName,
  release: Release,
  say: Say,
): Promise<MachineRecord> {
  const hindrance = await KINDS[kind].hindrance();
  if (hindrance) throw new Error(`A machine of the kind ${kind} cannot be made here: ${hindrance}.`);
  const image = await ensureImage(say, release, kind);
  rmSync(folder.path, { recursive: true, force: true });
  mkdirSync(folder.path, { recursive: true });
  copyFileSync(imageFile(image, "login_key"), folder.loginKey);
  chmodSync(folder.loginKey, 0o600);
  const place = await KINDS[kind].make(folder, image, say);
  const hostKey = readFileSync(imageFile(image, "host_key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  const { ownSize } = await KINDS[kind].abilities({});
  return { name, kind, ...place, ...(ownSize && DEFAULTS.size), hostKey, accelerator: "" };
}

function recordIn(folder: MachineFolder): MachineRecord {
  const record = readRecord(folder);
  if (record === undefined)
    throw new Error(`${folder.record} is missing. Take the machine away and boot it again.`);
  return record;
}

async function machineIn(folder: MachineFolder): Promise<Machine> {
  const record = recordIn(folder);
  return machineOf(folder, record, await KINDS[record.kind].abilities(record));
}

/** What was given, without the names whose value is undefined. */
function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
