import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { bootMachine, findMachine, type Machine, removeMachine, sshArguments } from "./machine";
import type { Release } from "./machine/image";
import { toStderr } from "./progress";

const USAGE = `A disposable Debian machine with nginx, gunicorn and a Django site, as installed.

Usage: npm run lab -- up | ssh [-- COMMAND] | status | down [options]

  up               boots the machine; one that runs is left alone
  ssh              opens a session, or runs COMMAND and ends with its exit status
  status           says whether it runs, and where; exit status 3 when it does not
  down             ends the machine and removes its disk

  --name NAME      which machine (default: lab)
  --memory MIB     its memory (default: 2048, or what it had)
  --cpus N         its CPUs (default: 2, or what it had)
  --release NAME   Debian's release of a new machine: bookworm (the default) or trixie
  --json           up, status: one line of JSON on standard output
  --help           this text`;

interface Options {
  readonly name: string;
  readonly memory?: string | undefined;
  readonly cpus?: string | undefined;
  readonly release?: string | undefined;
  readonly json: boolean;
}

/** Each returns the exit status. */
const VERBS: Readonly<Record<string, (options: Options, command: readonly string[]) => Promise<number>>> = {
  up: async ({ name, memory, cpus, release, json }) => {
    const machine = await bootMachine(name, toStderr, {
      ...number("memoryMiB", memory),
      ...number("cpus", cpus),
      ...(release !== undefined && { release: release as Release }), // checked there
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
function print(
  { name, host, port, user, hostKey, httpPort, privateKeyFile, accelerator }: Machine,
  json: boolean,
): void {
  const facts = { host, port, user, hostKey, httpPort, privateKeyFile, accelerator };
  if (json) return console.log(JSON.stringify(facts));
  console.log(`The machine "${name}" runs (${accelerator}).`);
  console.log(`  site: http://${host}:${httpPort}/`);
  console.log(`  SSH:  ssh -i ${privateKeyFile} -p ${port} ${user}@${host}`);
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
