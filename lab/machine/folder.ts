import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { KindName } from "./kindName";

/** What is kept of a machine between its boots: machine.json. */
export interface MachineRecord {
  readonly name: string;
  readonly kind: KindName;
  /** Address and ports of SSH and of the site. */
  readonly host: string;
  readonly port: number;
  readonly httpPort: number;
  /** Of a machine whose size is its own. */
  readonly memoryMiB?: number;
  readonly cpus?: number;
  /** Of a container: its root is nobody outside of it. */
  readonly userNamespace?: boolean;
  /** `ssh-ed25519 AAAA...`: what the machine proves itself with. */
  readonly hostKey: string;
  /** What ran it last: `kvm`, `tcg` or, with no machine in between, `native`. */
  readonly accelerator: string;
}

/** The files of one machine that every kind has: paths, but for the tag. */
export interface MachineFolder {
  readonly path: string;
  /** Names what the machine has on this computer besides: network device, network namespace, control group. */
  readonly tag: string;
  readonly loginKey: string;
  readonly knownHosts: string;
  /** The machine's console since its last start. */
  readonly console: string;
  /** What the program that runs it had to say. */
  readonly log: string;
  readonly pid: string;
  /** Holds the process id of a run that was seen ready. */
  readonly ready: string;
  readonly record: string;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The folder of all machines: .lab of the checkout; `HEAVYLOAD_LAB` names another place. */
export function labFolder(): string {
  const path = resolve(process.env["HEAVYLOAD_LAB"] || join(__dirname, "..", "..", ".lab"));
  mkdirSync(path, { recursive: true });
  return path;
}

/** Throws at a name that is no name. */
export function machineFolder(name: string): MachineFolder {
  if (!NAME.test(name))
    throw new Error(
      `The name of a lab machine is "${name}"; allowed are 1 to 40 lower-case letters, digits and hyphens, ` +
        `with a letter or digit first. Give it another name.`,
    );
  const path = join(labFolder(), name);
  return {
    path,
    tag: `hl${createHash("sha256").update(path).digest("hex").slice(0, 10)}`, // a device's name has 15 characters
    loginKey: join(path, "login_key"),
    knownHosts: join(path, "known_hosts"),
    console: join(path, "console.log"),
    log: join(path, "machine.log"),
    pid: join(path, "pid"),
    ready: join(path, "ready"),
    record: join(path, "machine.json"),
  };
}

/** Nothing when there is no such machine, or one whose making was cut short: the record is written last. */
export function readRecord(folder: MachineFolder): MachineRecord | undefined {
  if (!existsSync(folder.record)) return undefined;
  // Before there were containers a machine was a VM, and nothing said so.
  const older = { kind: "vm", host: "127.0.0.1" } as const;
  return { ...older, ...(JSON.parse(readFileSync(folder.record, "utf8")) as MachineRecord) };
}

/** SSH's list of known hosts goes with it: the machine may be at another address. */
export function writeRecord(folder: MachineFolder, record: MachineRecord): void {
  const { host, port, hostKey } = record;
  writeFileSync(folder.knownHosts, `${port === 22 ? host : `[${host}]:${port}`} ${hostKey}\n`);
  const draft = `${folder.record}.new`;
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(draft, folder.record);
}
