// A fleet on Pulumi's engine: AWS is stood in for, its machines are containers, and the balancer is a real one.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { without } from "../../../components/tuning/given";
import { READINESS_PORT } from "../../../components/tuning/readiness";
import { parse, stringify } from "yaml";
import { LOWER } from "../../../lab/drive/load";
import { succeeded, Tuned } from "../../../lab/drive/tuned";
import type { Pulumi } from "../../../lab/pulumi";
import { FleetCloud } from "../fleetCloud";
import { blockOf, Reader } from "../guide";
import { HaProxy } from "../haProxy";
import { MINUTES, Pristine, SOMAXCONN } from "../pristine";

let host: Pristine;
let proxy: HaProxy;
let cloud: FleetCloud;
let reader: Reader;
let stack: Pulumi;

beforeAll(async () => {
  host = await Pristine.boot();
  proxy = await HaProxy.start(READINESS_PORT);
  cloud = new FleetCloud(
    () => host.machine,
    proxy,
    () => host.bootAgain(),
  );
  reader = await Reader.make(host.machine.privateKey);
  stack = reader.stack("fleet");
  onTheLab();
}, 5 * MINUTES);

afterAll(async () => {
  await cloud.removeHosts();
  await proxy.stop();
  reader.remove();
  cloud.remove();
  await host.remove();
}, 5 * MINUTES);

/** The environment as it is prepared, but for what the lab's machine is: it serves a site already, and is small. */
function onTheLab(): void {
  const { machine } = host;
  const path = join(reader.folder, "stacks/Pulumi.fleet.yaml");
  const { config } = parse(readFileSync(path, "utf8")) as { config: Record<string, object> };
  const ec2 = without(config["heavyload:ec2"] as Record<string, unknown>, ["userData"]);
  const rest = without(config, ["heavyload:app", "heavyload:tier"]);
  const lab = {
    ...rest,
    // So little that two hosts of a small type carry it, and one when the other is lost.
    "heavyload:capacity": { connections: 2_000, requestsPerSecond: 100 },
    "heavyload:tuning": { ...LOWER.tuning, [SOMAXCONN]: 5_000 },
    "heavyload:fleet": { ...config["heavyload:fleet"], minSize: 2, maxSize: 3 },
    "heavyload:ec2": { ...ec2, instanceType: "c8g.xlarge", sshPort: machine.port, bootTimeout: 30 },
  };
  writeFileSync(path, stringify({ config: lab }));
  writeFileSync(
    join(reader.folder, "home/.ssh/id_ed25519.pub"),
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic\n",
  );
  cloud.next(machine.host);
}

const tune = (value: number) =>
  stack.must("config set", ["--path", `heavyload:tuning["${SOMAXCONN}"]`, String(value)]);
const up = () => stack.run("up", ["--yes", "--skip-preview"]);

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
  "one machine is proven, copies of it serve; a change rolls without a request that fails; a release that is never ready is taken back; nothing is left",
  async () => {
    succeeded(await reader.follow(blockOf("fleet")));
    expect(await stack.output("address")).toBe("fleet.example");
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
    expect(succeeded(await up()).stdout).not.toMatch(
      /(AmiFromInstance|LaunchTemplate|Group) \S+ (updat|creat|replac)/,
    );
    expect(cloud.events).toEqual(before);

    const visitors = new Visitors(proxy.url);
    try {
      await sleep(1_000);
      await tune(6_000);
      const preview = await stack.must("preview", ["--diff"]);
      expect(preview).toContain("at least 6000");
      succeeded(await up());
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
      succeeded(await reader.follow(blockOf("release")));
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

    succeeded(await reader.follow({ text: "pulumi destroy --stack fleet\n" }));
    expect(await stack.resources()).toEqual([]);
    succeeded(await reader.follow(blockOf("down"))); // once more, and the stack itself
    expect(cloud.instancesOfGroup).toEqual([]);
    expect(cloud.instances).toEqual([]);
    expect(cloud.events.filter((line) => line.startsWith("create image"))).toHaveLength(
      cloud.events.filter((line) => line.startsWith("delete image")).length,
    );
  },
  12 * MINUTES,
);
