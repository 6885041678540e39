import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../../lab/cache";
import type { Machine } from "../../../lab/machine";
import { installPackages } from "../../../lab/packages";
import { heartbeat, type Say } from "../../../lab/progress";
import { must } from "../../../lab/run";
import { Scratch } from "../../../lab/scratch";
import type { Work } from "./work";

const PYINFRA = "pyinfra==3.10.0";
const ANSIBLE = "ansible-core==2.19.14";

/** A tool that people tune hosts with, given the same work. */
export interface Peer {
  readonly name: string;
  readonly run: (work: Work) => Promise<string>;
}

/** Both of them in an environment of their own, installed once into the cache, and pointed at a machine. */
export async function peersFor(machine: Machine, say: Say): Promise<{ peers: Peer[]; remove: () => void }> {
  const tools = await environment(say);
  const scratch = new Scratch("peers");
  const folder = scratch.path;
  const work = join(folder, "work.json");
  const { host, port, user, privateKeyFile, hostKey } = machine;
  const known = join(folder, "known_hosts");
  writeFileSync(known, `${port === 22 ? host : `[${host}]:${port}`} ${hostKey}\n`);
  const inventory = join(folder, "inventory.py");
  const data = {
    ssh_user: user,
    ssh_port: port,
    ssh_key: privateKeyFile,
    ssh_known_hosts_file: known,
    _sudo: true,
  };
  writeFileSync(inventory, `hosts = [(${JSON.stringify(host)}, ${python(data)})]\n`);
  const ssh = `-F /dev/null -o UserKnownHostsFile=${known} -o IdentitiesOnly=yes -o ControlMaster=auto -o ControlPersist=60s`;
  const hosts = join(folder, "hosts");
  writeFileSync(
    hosts,
    `${host} ansible_user=${user} ansible_port=${port} ansible_ssh_private_key_file=${privateKeyFile}\n`,
  );
  const give = (given: Work): void => writeFileSync(work, JSON.stringify(given));
  const here = (file: string): string => join(__dirname, file);
  const env = { WORK: work, HOME: folder, ANSIBLE_HOME: folder };
  return {
    peers: [
      {
        name: "pyinfra",
        run: (given) => {
          give(given);
          return must(join(tools, "pyinfra"), ["-y", inventory, here("deploy.py")], { env });
        },
      },
      {
        name: "Ansible",
        run: (given) => {
          give(given);
          return must(
            join(tools, "ansible-playbook"),
            ["-i", hosts, "-e", `@${work}`, here("playbook.yml")],
            {
              env: {
                ...env,
                ANSIBLE_SSH_ARGS: ssh,
                ANSIBLE_PIPELINING: "true",
                ANSIBLE_PYTHON_INTERPRETER: "/usr/bin/python3",
              },
            },
          );
        },
      },
    ],
    remove: () => scratch.remove(),
  };
}

const python = (value: object): string => JSON.stringify(value).replace(/\btrue\b/g, "True");

async function environment(say: Say): Promise<string> {
  const folder = join(cacheFolder("peers"), `${PYINFRA}-${ANSIBLE}`.replace(/[^\w.-]/g, "-"));
  const done = join(folder, "installed");
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await installPackages(say, ["python3-venv"]);
    await must("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYINFRA, ANSIBLE];
    await heartbeat(say, "installing pyinfra and Ansible", must(join(folder, "bin", "python"), pip));
    writeFileSync(done, "");
  }
  return join(folder, "bin");
}
