// A fleet on Pulumi's engine: AWS is stood in for, its machines are containers, and the balancer is a real one.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { READINESS_PORT } from "../../../components/tuning/readiness";
import { linesOf, LOWER } from "../../../lab/drive/load";
import { TestStack } from "../../../lab/drive/stack";
import { succeeded, Tuned } from "../../../lab/drive/tuned";
import { FleetCloud } from "../fleetCloud";
import { HaProxy } from "../haProxy";
import { MINUTES, Pristine, SOMAXCONN } from "../pristine";

let host: Pristine;
let proxy: HaProxy;
let cloud: FleetCloud;
let stack: TestStack;

beforeAll(async () => {
  host = await Pristine.boot();
  proxy = await HaProxy.start(READINESS_PORT);
  cloud = new FleetCloud(
    () => host.machine,
    proxy,
    () => host.bootAgain(),
  );
  stack = await TestStack.make("fleet");
}, 5 * MINUTES);

afterAll(async () => {
  await cloud.removeHosts();
  await proxy.stop();
  stack.remove();
  cloud.remove();
  await host.remove();
}, 5 * MINUTES);

/** So little that two hosts of a small type carry it, and one when the other is lost. */
const CAPACITY = { connections: 2_000, requestsPerSecond: 100 };

async function configure(tuning: Readonly<Record<string, number>>): Promise<void> {
  const { machine } = host;
  const ec2 = {
    instanceType: "c8g.xlarge",
    sshFrom: ["203.0.113.0/24"],
    sshPort: machine.port,
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic",
    bootTimeout: 30,
  };
  cloud.next(machine.host);
  const wish = { capacity: CAPACITY, tuning: { ...LOWER.tuning, ...tuning } };
  const fleet = { minSize: 2, maxSize: 3 };
  stack.write([
    "host: fleet",
    ...linesOf(wish),
    `ec2: ${JSON.stringify(ec2)}`,
    `fleet: ${JSON.stringify(fleet)}`,
  ]);
  await stack.secret("ec2.privateKey", machine.privateKey);
}

/** Visitors through the balancer, until it is stopped: how many were answered, and what became of the others. */
class Visitors {
  answered = 0;
  readonly failed: string[] = [];
  private going = true;
  private readonly all: Promise<unknown>;

  constructor(url: string) {
    this.all = Promise.all(Array.from({ length: 6 }, () => this.visit(url)));
  }

  private async visit(url: string): Promise<void> {
    while (this.going) {
      try {
        const page = await fetch(url);
        await page.text();
        if (page.status === 200) this.answered += 1;
        else this.failed.push(`HTTP ${page.status}`);
      } catch (error) {
        this.failed.push(String((error as Error).cause ?? error));
      }
      await sleep(10);
    }
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.all;
  }
}

const live = () =>
  Promise.all(
    cloud.instancesOfGroup.map(async ({ machine }) => (await new Tuned(machine).live(SOMAXCONN))[SOMAXCONN]),
  );
const versions = () => cloud.instancesOfGroup.map(({ version }) => version);

test(
  "one machine is proven, copies of it serve; a change rolls without a request that fails; one that is never ready is taken back; nothing is left",
  async () => {
    await configure({ [SOMAXCONN]: 5_000 });
    const preview = await stack.preview();
    expect(preview).toContain("at least 5000");
    expect(cloud.events).toEqual([]);

    succeeded(await stack.up());
    expect(versions()).toEqual(["1", "1"]);
    expect(await live()).toEqual(["5000", "5000"]);
    expect((await fetch(proxy.url)).status).toBe(200);
    const ids = await Promise.all(
      [host.machine, ...cloud.instancesOfGroup.map(({ machine }) => machine)].map((machine) =>
        new Tuned(machine).root("cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub"),
      ),
    );
    expect(new Set(ids).size).toBe(3);

    // The same again changes nothing.
    const before = [...cloud.events];
    expect(succeeded(await stack.up()).stdout).not.toMatch(
      /(AmiFromInstance|LaunchTemplate|Group) \S+ (updat|creat|replac)/,
    );
    expect(cloud.events).toEqual(before);

    const visitors = new Visitors(proxy.url);
    try {
      await sleep(1_000);
      await configure({ [SOMAXCONN]: 6_000 });
      succeeded(await stack.up());
      await cloud.settled;
      expect(versions()).toEqual(["2", "2"]);
      expect(await live()).toEqual(["6000", "6000"]);

      // One whose copies are not as they were left: none of them gets a visitor, and the old image is still there.
      cloud.spoil = (disk) => {
        const conf = join(disk, "etc/nginx/nginx.conf");
        writeFileSync(
          conf,
          readFileSync(conf, "utf8").replace(/worker_connections.*/, "worker_connections 600;"),
        );
      };
      await configure({ [SOMAXCONN]: 7_000 });
      succeeded(await stack.up());
      await cloud.settled;
      expect(cloud.events).toContain("never ready: version 3");
      expect(cloud.events[cloud.events.length - 1]).toBe("rolled back");
      expect(versions()).toEqual(["2", "2"]);
      await sleep(1_000);
    } finally {
      await visitors.stop();
    }
    expect(visitors.failed).toEqual([]);
    expect(visitors.answered).toBeGreaterThan(500);

    succeeded(await stack.destroy());
    expect(await stack.pulumi.resources()).toEqual([]);
    expect(cloud.instancesOfGroup).toEqual([]);
    expect(cloud.instances).toEqual([]);
    expect(cloud.events.filter((line) => line.startsWith("create image"))).toHaveLength(
      cloud.events.filter((line) => line.startsWith("delete image")).length,
    );
  },
  12 * MINUTES,
);
