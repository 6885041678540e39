import { readFileSync } from "node:fs";
import type { MachineFolder, MachineRecord } from "./folder";
import type { Abilities } from "./kind";
import type { KindName } from "./kindName";

/** Who logs in; may use sudo without a password. */
export const USER = "admin";

/** A machine that runs: where it is and how to get in. */
export interface Machine {
  readonly name: string;
  readonly kind: KindName;
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
  /** `kvm`, `tcg` for emulation, or `native`. */
  readonly accelerator: string;
  readonly abilities: Abilities;
}

export function machineOf(folder: MachineFolder, record: MachineRecord, abilities: Abilities): Machine {
  const { name, kind, host, port, httpPort, hostKey, accelerator } = record;
  const privateKey = readFileSync(folder.loginKey, "utf8");
  return {
    ...{ name, kind, host, port, httpPort, user: USER, hostKey, accelerator, abilities },
    ...{ privateKey, privateKeyFile: folder.loginKey },
  };
}
