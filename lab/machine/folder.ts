import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What is kept of a machine between its boots: machine.json. */
export interface MachineRecord {
  readonly name: string;
  /** Ports of the loopback interface: SSH and the site. */
  readonly port: number;
  readonly httpPort: number;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** `ssh-ed25519 AAAA...`: what the machine proves itself with. */
  readonly hostKey: string;
  /** What ran it last: `kvm` or `tcg`. */
  readonly accelerator: string;
}

/** The files of one machine. All are paths. */
export interface MachineFolder {
  readonly path: string;
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly loginKey: string;
  readonly knownHosts: string;
  /** The machine's serial console since its last start. */
  readonly console: string;
  /** What QEMU itself had to say. */
  readonly qemuLog: string;
  readonly pid: string;
  /** Holds QEMU's process id once that run was seen ready. */
  readonly ready: string;
  readonly record: string;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Machines live in .lab of the checkout; `HEAVYLOAD_LAB` names another place. Throws at a name that is no name. */
export function machineFolder(name: string): MachineFolder {
  if (!NAME.test(name))
    throw new Error(
      `The name of a lab machine is "${name}"; allowed are 1 to 40 lower-case letters, digits and hyphens, ` +
        `with a letter or digit first. Give it another name.`,
    );
  const base = process.env["HEAVYLOAD_LAB"] || join(__dirname, "..", "..", ".lab");
  const path = resolve(base, name);
  return {
    path,
    disk: join(path, "disk.img"),
    kernel: join(path, "kernel"),
    initrd: join(path, "initrd"),
    loginKey: join(path, "login_key"),
    knownHosts: join(path, "known_hosts"),
    console: join(path, "console.log"),
    qemuLog: join(path, "qemu.log"),
    pid: join(path, "pid"),
    ready: join(path, "ready"),
    record: join(path, "machine.json"),
  };
}

/** Nothing when there is no such machine, or one whose making was cut short: the record is written last. */
export function readRecord(folder: MachineFolder): MachineRecord | undefined {
  if (!existsSync(folder.record)) return undefined;
  return JSON.parse(readFileSync(folder.record, "utf8")) as MachineRecord;
}

export function writeRecord(folder: MachineFolder, record: MachineRecord): void {
  const draft = `${folder.record}.new`;
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(draft, folder.record);
}
