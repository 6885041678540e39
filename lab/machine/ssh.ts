import { tmpdir } from "node:os";
import { type RunResult, run } from "../run";
import { machineFolder } from "./folder";
import type { Machine } from "./machine";

/** What OpenSSH needs to reach the machine; nothing of the user's own configuration is read. */
export function sshArguments(machine: Machine): string[] {
  const options = {
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: `"${machineFolder(machine.name).knownHosts}"`, // quoted: a path may hold spaces
    GlobalKnownHostsFile: "/dev/null",
    ConnectTimeout: "30", // an emulated machine needs seconds for the key exchange
    ServerAliveInterval: "10", // a connection that was cut by a power cut or reboot ends
    LogLevel: "ERROR",
  };
  return [
    ...["-F", "/dev/null", "-i", machine.privateKeyFile, "-p", String(machine.port)],
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...["--", `${machine.user}@${machine.host}`],
  ];
}

export interface SshOptions {
  readonly input?: string | Buffer;
  /** Unit: milliseconds. @default none */
  readonly timeout?: number;
}

/**
 * Runs one command line in the login user's shell on the machine. Never throws: 255 is OpenSSH's own failure, 124 the
 * time-out's. Each call is a login of its own, one to two seconds under emulation: a shared connection would keep the
 * limits that PAM set when it was opened.
 */
export function ssh(machine: Machine, command: string, options: SshOptions = {}): Promise<RunResult> {
  return run("ssh", [...sshArguments(machine), command], options);
}

/**
 * As `ssh`, over one login that calls share while there is one every few seconds: for whoever looks at the machine
 * often and wants no fresh limits.
 */
export function sharedSsh(machine: Machine, command: string, options: SshOptions = {}): Promise<RunResult> {
  // %C keeps the path short: a socket's name has room for 107 bytes.
  const shared = ["ControlMaster=auto", `ControlPath=${tmpdir()}/heavyload-%C`, "ControlPersist=20"];
  const args = [...shared.flatMap((option) => ["-o", option]), ...sshArguments(machine)];
  return run("ssh", [...args, command], options);
}
