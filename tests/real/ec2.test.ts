import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { bootMachine, removeMachine, type Machine } from "../../lab/machine";
import { toStderr } from "../../lab/progress";
import { Cloud } from "./cloud";
import { MINUTES, Pristine, SOMAXCONN } from "./pristine";
import { Logins, TestStack } from "./stack";
import { succeeded, Tuned } from "./tuned";

const OTHER = "test-other";

let host: Pristine;
let other: Machine;
let cloud: Cloud;
let stack: TestStack;

beforeAll(async () => {
  host = await Pristine.boot();
  other = await bootMachine(OTHER, toStderr, { memoryMiB: 1024, cpus: 1 });
  cloud = new Cloud();
  stack = await TestStack.make("ec2");
}, 20 * MINUTES);

afterAll(async () => {
  stack.remove();
  cloud.remove();
  await removeMachine(OTHER);
  await host.reset();
}, 5 * MINUTES);

/** A machine of the lab in the place of an instance: its port and its image tell which. */
async function configure(machine: Machine, ami: string, tier: string): Promise<void> {
  const ec2 = {
    instanceType: "c8g.xlarge",
    ami,
    followImage: true,
    sshFrom: ["203.0.113.0/24"],
    sshPort: machine.port,
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic",
    bootTimeout: 30,
  };
  stack.write(["host: ec2", `tier: ${tier}`, `ec2: ${JSON.stringify(ec2)}`]);
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
    await configure(host.machine, "ami-0a", "10k");
    const preview = await stack.preview();
    expect(preview).toContain("at least 16384"); // before there is a machine
    expect(cloud.log).toEqual([]);

    const logins = new Logins(host.machine);
    await logins.since();
    const first = succeeded(await stack.up());
    expect(first.stdout).toContain("nginx and gunicorn are there already");
    expect(first.stdout + first.stderr).not.toContain("OPENSSH PRIVATE KEY");
    expect(await logins.since()).toBe(8); // its key, its first boot, six steps
    expect(await live(host.machine)).toEqual({ [SOMAXCONN]: "16384" });
    expect(await stack.pulumi.output<string>("address")).toBe("127.0.0.1");
    expect(await stack.pulumi.must("stack export")).not.toContain("OPENSSH PRIVATE KEY");
    const [one = ""] = cloud.instances;

    await logins.since();
    expect(succeeded(await stack.up()).stdout).not.toMatch(/updated|created|replaced/);
    expect(await logins.since()).toBe(0);

    // Whoever answers in its place is not believed, though the machine's key is nowhere in the configuration.
    const root = (line: string) => new Tuned(host.machine).root(line);
    await root(`ssh-keygen -q -t ed25519 -N '' -f ${KEY}.two; ${swapped}`);
    await configure(host.machine, "ami-0a", "2k");
    const refused = await stack.up();
    await root(`${swapped}; rm ${KEY}.two ${KEY}.two.pub`);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/host key/i);
    expect(await live(host.machine)).toEqual({ [SOMAXCONN]: "16384" });

    // Another image is another machine: tuned from the beginning, and the old one is not asked for anything.
    await configure(other, "ami-0b", "10k");
    await logins.since();
    succeeded(await stack.up());
    const [two = ""] = cloud.instances;
    expect(cloud.log).toEqual([`created ${one}`, `created ${two}`, `deleted ${one}`]);
    expect(await logins.since()).toBe(0);
    expect(await live(other)).toEqual({ [SOMAXCONN]: "16384" });
    expect(await new Tuned(other).root("cat /var/lib/heavyload/owner")).toContain("heavyload/ec2/host");

    // Lost, and Pulumi finds that out while it destroys.
    await removeMachine(OTHER);
    cloud.lose(two);
    const gone = succeeded(await stack.destroy("--refresh"));
    expect(gone.stdout).not.toContain("error");
    expect(await stack.pulumi.resources()).toEqual([]);
  },
  15 * MINUTES,
);
