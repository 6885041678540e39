import { type RunResult, run } from "../run";
import { machineFolder } from "./folder";
import type { Machine } from "./index";

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

/**
 * Runs one command line in the login user's shell on the machine. Never throws: 255 is OpenSSH's own failure, 124 the
 * time-out's (unit: milliseconds). Each call is a login of its own, about a second under emulation: a shared
 * connection would keep the limits that PAM set when it was opened, and those are what this package changes.
 */
export function ssh(
  machine: Machine,
  command: string,
  options: { readonly input?: string | Buffer; readonly timeout?: number } = {},
): Promise<RunResult> {
  return run("ssh", [...sshArguments(machine), command], options);
}
