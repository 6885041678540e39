import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { heartbeat, type Say } from "../progress";
import { must } from "../run";
import { HOST, USER } from "./address";
import { type MachineFolder, type MachineRecord, machineFolder, readRecord, writeRecord } from "./folder";
import { DEFAULT_RELEASE, ensureImage, RELEASES, type Release } from "./image";
import { ensurePackages } from "../packages";
import { freePorts } from "./ports";
import { killQemu, readOrNothing, runningPid } from "./process";
import { startQemu } from "./qemu";
import { bootId, waitUntilReady } from "./ready";
import { ssh } from "./ssh";

export { bootId } from "./ready";
export { sharedSsh, ssh, sshArguments } from "./ssh";

/** A machine that runs: where it is and how to get in. */
export interface Machine {
  readonly name: string;
  readonly host: string;
  /** Of SSH. */
  readonly port: number;
  /** Of the site. */
  readonly httpPort: number;
  readonly user: string;
  /** OpenSSH's format, for `user`. */
  readonly privateKey: string;
  readonly privateKeyFile: string;
  /** `ssh-ed25519 AAAA...`. */
  readonly hostKey: string;
  /** `kvm`, or `tcg` for emulation. */
  readonly accelerator: string;
}

export interface MachineOptions {
  /** Unit: MiB. Range: 256 and up. @default 2048, or what it had at its last boot */
  readonly memoryMiB?: number;
  /** Range: 1 to 64. @default 2, or what it had at its last boot */
  readonly cpus?: number;
  /** Debian's release, by code name: of a new machine. @default bookworm */
  readonly release?: Release;
}

const DEFAULTS = { memoryMiB: 2048, cpus: 2 } as const;

/**
 * Boots the machine of that name and waits until it is ready. One that runs is returned as it is; one that has died
 * boots again, with its own disk and on the same ports; where there was none a new disk is made. Throws with the
 * console's file in the text when it is not ready in time.
 */
export async function bootMachine(name: string, say: Say, options: MachineOptions = {}): Promise<Machine> {
  checkOptions(options);
  const folder = machineFolder(name);
  let start = Date.now();
  if (runningPid(folder) === undefined) {
    await ensurePackages(say);
    const { release, ...size } = options;
    const record = {
      ...(readRecord(folder) ?? (await makeMachine(name, folder, release ?? DEFAULT_RELEASE, say))),
      ...given(size),
    };
    say(`booting the machine ${name} (${record.cpus} CPUs, ${record.memoryMiB} MiB)`);
    start = Date.now();
    writeRecord(folder, { ...record, accelerator: await startQemu(folder, record, say) });
  }
  const machine = machineIn(folder);
  const pid = String(runningPid(folder));
  if (readOrNothing(folder.ready) === pid) return machine;
  await waitUntilReady(machine, folder, say);
  writeFileSync(folder.ready, pid);
  say(`the machine ${name} is ready (${machine.accelerator}, ${Math.round((Date.now() - start) / 1000)} s)`);
  return machine;
}

/** The running machine of that name, if there is one. */
export function findMachine(name: string): Promise<Machine | undefined> {
  const folder = machineFolder(name);
  const runs = runningPid(folder) !== undefined && readRecord(folder) !== undefined;
  return Promise.resolve(runs ? machineIn(folder) : undefined);
}

/** Ends the machine and removes all that is kept of it. Fine when there is none. */
export async function removeMachine(name: string, say: Say = () => undefined): Promise<void> {
  const folder = machineFolder(name);
  await killQemu(folder);
  rmSync(folder.path, { recursive: true, force: true });
  say(`the machine ${name} is gone`);
}

/** A power cut: QEMU is killed, the disk stays as it is. Throws when the machine does not run. */
export async function cutPower(name: string): Promise<void> {
  if (!(await killQemu(machineFolder(name))))
    throw new Error(`The lab machine "${name}" does not run: there is no power to cut.`);
}

/** Reboots the machine from inside, in order, and waits until the new boot is ready. */
export async function rebootMachine(machine: Machine, say: Say): Promise<void> {
  const folder = machineFolder(machine.name);
  const before = await bootId(machine);
  const pid = readOrNothing(folder.ready);
  rmSync(folder.ready, { force: true });
  say(`rebooting the machine ${machine.name}`);
  // Its exit status says nothing: the connection may end before the command does.
  await ssh(machine, "sudo systemctl reboot", { timeout: 60_000 });
  await waitUntilReady(machine, folder, say, before);
  writeFileSync(folder.ready, pid);
}

async function makeMachine(
  name: string,
  folder: MachineFolder,
  release: Release,
  say: Say,
): Promise<MachineRecord> {
  const image = await ensureImage(say, release);
  rmSync(folder.path, { recursive: true, force: true });
  mkdirSync(folder.path, { recursive: true });
  // A copy of its own of everything: a later image does not change a machine that is there.
  const copy = must("cp", ["--sparse=always", "--reflink=auto", image.disk, folder.disk]);
  await heartbeat(say, "copying the disk", copy);
  copyFileSync(image.kernel, folder.kernel);
  copyFileSync(image.initrd, folder.initrd);
  copyFileSync(image.loginKey, folder.loginKey);
  chmodSync(folder.loginKey, 0o600);
  const [port = 0, httpPort = 0] = await freePorts(2);
  const hostKey = readFileSync(image.hostKey, "utf8").split(" ").slice(0, 2).join(" ");
  writeFileSync(folder.knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`);
  return { name, port, httpPort, ...DEFAULTS, hostKey, accelerator: "" };
}

function machineIn(folder: MachineFolder): Machine {
  const record = readRecord(folder);
  if (record === undefined)
    throw new Error(`${folder.record} is missing. Take the machine away and boot it again.`);
  const { name, port, httpPort, hostKey, accelerator } = record;
  const privateKey = readFileSync(folder.loginKey, "utf8");
  return {
    ...{ name, host: HOST, port, httpPort, user: USER, hostKey, accelerator },
    ...{ privateKey, privateKeyFile: folder.loginKey },
  };
}

/** What was given, without the names whose value is undefined. */
function given(options: MachineOptions): MachineOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkOptions({
  memoryMiB = DEFAULTS.memoryMiB,
  cpus = DEFAULTS.cpus,
  release,
}: MachineOptions): void {
  const problems: string[] = [];
  if (release !== undefined && !Object.hasOwn(RELEASES, release))
    problems.push(`release is ${String(release)}, allowed: ${Object.keys(RELEASES).join(", ")}`);
  if (!Number.isInteger(memoryMiB) || memoryMiB < 256)
    problems.push(`memoryMiB is ${memoryMiB}, allowed is a whole number from 256`);
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > 64)
    problems.push(`cpus is ${cpus}, allowed is a whole number from 1 to 64`);
  if (problems.length > 0) throw new Error(`The lab machine cannot be made: ${problems.join("; ")}.`);
}
