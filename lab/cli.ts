import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { bootMachine, findMachine, type Machine, removeMachine, sshArguments } from "./machine";
import type { KindName } from "./machine/kindName";
import type { Release } from "./machine/releases";
import { toStderr } from "./progress";

const USAGE = `A disposable Debian machine with nginx, gunicorn and a Django site, as installed.

Usage: npm run lab -- up | ssh [-- COMMAND] | status | down [options]

  up               boots the machine; one that runs is left alone
  ssh              opens a session, or runs COMMAND and ends with its exit status
  status           says whether it runs, and where; exit status 3 when it does not
  down             ends the machine and removes its disk

  --name NAME      which machine (default: lab)
  --kind KIND      of a new machine: vm (the default), with a kernel of its own, or container, at native speed
                   (root on Linux); status says what of it is the computer's
  --release NAME   Debian's release of a new machine: bullseye (11), bookworm (12, the default), trixie (13) or
                   forky (14, testing)
  --user-namespace   of a new container: its root is nobody outside of it, as in LXC's unprivileged ones
  --memory MIB     a VM's memory (default: 2048, or what it had)
  --cpus N         a VM's CPUs (default: 2, or what it had)
  --json           up, status: one line of JSON on standard output
  --help           this text`;

interface Options {
  readonly name: string;
  readonly kind?: string | undefined;
  readonly "user-namespace"?: boolean | undefined;
  readonly memory?: string | undefined;
  readonly cpus?: string | undefined;
  readonly release?: string | undefined;
  readonly json: boolean;
}

/** Each returns the exit status. */
const VERBS: Readonly<Record<string, (options: Options, command: readonly string[]) => Promise<number>>> = {
  up: async ({ name, kind, memory, cpus, release, json, "user-namespace": userNamespace }) => {
    const machine = await bootMachine(name, toStderr, {
      ...number("memoryMiB", memory),
      ...number("cpus", cpus),
      ...(userNamespace && { userNamespace }),
      // Both are checked there.
      ...(release !== undefined && { release: release as Release }),
      ...(kind !== undefined && { kind: kind as KindName }),
    });
    print(machine, json);
    return 0;
  },
  ssh: async ({ name }, command) => {
    const machine = await findMachine(name);
    if (machine !== undefined) return session(machine, command);
    toStderr(notThere(name));
    return 255; // as OpenSSH does when it cannot connect
  },
  status: async ({ name, json }) => {
    const machine = await findMachine(name);
    if (machine !== undefined) print(machine, json);
    else console.log(json ? "null" : notThere(name));
    return machine === undefined ? 3 : 0;
  },
  down: async ({ name }) => {
    await removeMachine(name, toStderr);
    return 0;
  },
};

const notThere = (name: string): string =>
  `The machine "${name}" does not run. Boot it: npm run lab -- up --name ${name}`;

const number = (key: "memoryMiB" | "cpus", text: string | undefined) =>
  text === undefined ? {} : { [key]: Number(text) };

/** The private key stays in its file. */
function print(machine: Machine, json: boolean): void {
  const { name, kind, accelerator, host, port, user, hostKey, httpPort, privateKeyFile, abilities } = machine;
  const facts = { name, kind, accelerator, host, port, user, hostKey, httpPort, privateKeyFile, abilities };
  if (json) return console.log(JSON.stringify(facts));
  console.log(`The machine "${name}" runs (${kind}, ${accelerator}).`);
  console.log(`  site: http://${host}${httpPort === 80 ? "" : `:${httpPort}`}/`);
  console.log(`  SSH:  ssh -i ${privateKeyFile} -p ${port} ${user}@${host}`);
  for (const line of lacks(abilities)) console.log(`  not its own: ${line}`);
}

/** What of the machine is this computer's, a line each. */
function lacks({ ownKernel, openFiles, ownSize }: Machine["abilities"]): string[] {
  return [
    ...(ownKernel
      ? []
      : ["the kernel: keys of sysctl outside net. cannot be set, some of net. are absent, no modules"]),
    ...(ownKernel ? [] : [`limits of open files: no hard limit above ${openFiles}`]),
    ...(ownSize ? [] : ["memory and CPUs"]),
  ];
}

function session(machine: Machine, command: readonly string[]): Promise<number> {
  const child = spawn("ssh", [...sshArguments(machine), ...command], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 255));
  });
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string", default: "lab" },
      kind: { type: "string" },
      "user-namespace": { type: "boolean" },
      memory: { type: "string" },
      cpus: { type: "string" },
      release: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [word = "", ...rest] = positionals;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const verb = VERBS[word];
  const extra = word === "ssh" ? [] : rest;
  if (verb !== undefined && extra.length === 0) return verb(values, rest);
  toStderr(
    `${word === "" ? "A verb is missing" : `"${[word, ...extra].join(" ")}" is not understood`}.\n\n${USAGE}`,
  );
  return 2;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    toStderr(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
