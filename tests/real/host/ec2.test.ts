import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";
import type { PlanInput } from "../../../components/tuning/plan";
import { removeMachine, type Machine } from "../../../lab/machine";
import { Cloud } from "../cloud";
import { linesOf, LOAD, LOWER } from "../../../lab/drive/load";
import { MINUTES, Pristine, SOMAXCONN, testMachine } from "../pristine";
import { Logins, TestStack } from "../../../lab/drive/stack";
import { succeeded, Tuned } from "../../../lab/drive/tuned";
import { machineName } from "../where";

let host: Pristine;
let other: Machine;
let cloud: Cloud;
let stack: TestStack;

beforeAll(async () => {
  host = await Pristine.boot();
  other = await testMachine(machineName("other"));
  cloud = new Cloud();
  stack = await TestStack.make("ec2");
}, 20 * MINUTES);

afterAll(async () => {
  stack.remove();
  cloud.remove();
  await removeMachine(other.name);
  await host.remove();
}, 5 * MINUTES);

/** What the prepared environments put on a machine, and the application that they make of it. */
const PROD = parse(readFileSync(join(__dirname, "../../../stacks/Pulumi.prod.yaml"), "utf8")) as {
  config: { "heavyload:ec2": { userData: string }; "heavyload:app": unknown };
};
interface CloudConfig {
  readonly write_files: readonly { path: string; content: string }[];
  readonly runcmd: readonly string[];
}

/** Makes the lab's machine what an image of Debian is at its first boot: no nginx, no gunicorn, and the user data done. */
async function asFromTheImage(machine: Machine): Promise<void> {
  const tuned = new Tuned(machine);
  const { write_files, runcmd } = parse(PROD.config["heavyload:ec2"].userData) as CloudConfig;
  await tuned.root(
    `systemctl disable --now gunicorn.service; rm -rf /etc/systemd/system/gunicorn.service /srv/site
     apt-get purge -qq --yes nginx-light nginx-common gunicorn python3-gunicorn; rm -rf /etc/nginx
     systemctl daemon-reload; userdel site; ! command -v nginx && ! command -v gunicorn`,
  );
  for (const { path, content } of write_files)
    await tuned.root(`mkdir -p $(dirname ${path}) && cat >${path}`, content);
  for (const line of runcmd) await tuned.root(line);
}

interface Wanted {
  readonly image: string;
  readonly ami: string;
  readonly wish: PlanInput;
  readonly app?: unknown;
}

/** A machine of the lab in the place of an instance: address and port tell which. */
async function configure(machine: Machine, { image, ami, wish, app }: Wanted): Promise<void> {
  const ec2 = {
    instanceType: "c8g.xlarge",
    image,
    ami,
    sshFrom: ["203.0.113.0/24"],
    sshPort: machine.port,
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic",
    bootTimeout: 30,
  };
  cloud.next(machine.host);
  const site = app === undefined ? [] : [`app: ${JSON.stringify(app)}`];
  stack.write(["host: ec2", ...linesOf(wish), `ec2: ${JSON.stringify(ec2)}`, ...site]);
  await stack.secret("ec2.privateKey", machine.privateKey);
}

const live = (machine: Machine) => new Tuned(machine).live(SOMAXCONN);

const KEY = "/etc/ssh/ssh_host_ed25519_key";
/** On the connection that is open: a new one would see the other key. */
const swapped = `mv ${KEY} ${KEY}.one; mv ${KEY}.two ${KEY}; mv ${KEY}.one ${KEY}.two; systemctl restart ssh`;

// What follows shows what Pulumi's engine does with the components; AWS itself is stood in for.
test(
  "a machine is made, seen for the first time, tuned, replaced with its tuning, and destroyed even when it is gone",
  async () => {
    const first = { image: "debian-12", ami: "ami-0a1", wish: LOAD };
    await configure(host.machine, first);
    const preview = await stack.preview();
    expect(preview).toContain("at least 16384"); // before there is a machine
    expect(cloud.log).toEqual([]);

    const logins = new Logins(host.machine);
    await logins.since();
    const made = succeeded(await stack.up());
    expect(made.stdout).toContain("nginx and gunicorn are there already");
    expect(made.stdout + made.stderr).not.toContain("OPENSSH PRIVATE KEY");
    expect(await logins.since()).toBe(8); // its key, its first boot, six steps
    expect(await live(host.machine)).toEqual({ [SOMAXCONN]: "16384" });
    expect(await stack.pulumi.output<string>("address")).toBe(host.machine.host);
    expect(await stack.pulumi.must("stack export")).not.toContain("OPENSSH PRIVATE KEY");
    const [one = ""] = cloud.instances;

    // A newer image alone changes nothing.
    await configure(host.machine, { ...first, ami: "ami-0b2" });
    await logins.since();
    const again = succeeded(await stack.up()).stdout;
    expect(again).not.toMatch(/(Instance|Command) \S+ (updat|creat|replac)/);
    expect(cloud.log).toEqual([`created ${one}`]);
    expect(await logins.since()).toBe(0);

    // Whoever answers in its place is not believed, though the machine's key is nowhere in the configuration.
    const root = (line: string) => new Tuned(host.machine).root(line);
    await root(`ssh-keygen -q -t ed25519 -N '' -f ${KEY}.two; ${swapped}`);
    await configure(host.machine, { ...first, wish: LOWER });
    const refused = await stack.up();
    await root(`${swapped}; rm ${KEY}.two ${KEY}.two.pub`);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/host key/i);
    expect(await live(host.machine)).toEqual({ [SOMAXCONN]: "16384" });

    // Another family is another machine, of the newer image: tuned from the beginning, and the old one is not asked for
    // anything.
    await asFromTheImage(other);
    const app = PROD.config["heavyload:app"];
    await configure(other, { image: "debian-13", ami: "ami-0b2", wish: LOAD, app });
    await logins.since();
    const second = succeeded(await stack.up());
    expect(second.stdout).toContain("installing nginx gunicorn");
    const page = await fetch(`http://${other.host}:${other.httpPort}/`);
    expect([page.status, await page.text()]).toEqual([200, "The application is not here yet.\n"]);
    expect(await stack.pulumi.must("stack export")).not.toContain("ami-0a1");
    const [two = ""] = cloud.instances;
    expect(cloud.log).toEqual([`created ${one}`, `created ${two}`, `deleted ${one}`]);
    expect(await logins.since()).toBe(0);
    expect(await live(other)).toEqual({ [SOMAXCONN]: "16384" });
    expect(await new Tuned(other).root("cat /var/lib/heavyload/owner")).toContain("heavyload/ec2/host");

    // Lost, and Pulumi finds that out while it destroys.
    await removeMachine(other.name);
    cloud.lose(two);
    const gone = succeeded(await stack.destroy("--refresh"));
    expect(gone.stdout).not.toContain("error");
    expect(await stack.pulumi.resources()).toEqual([]);
  },
  15 * MINUTES,
);
