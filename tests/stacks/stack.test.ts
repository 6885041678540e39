import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { ec2, HOST_KEY, KEY } from "../components/arguments";
import { settle, startEngine, valueOf, type Registered } from "../components/engine";

const CONNECTION = { host: "192.0.2.7", user: "admin", hostKey: HOST_KEY, privateKey: KEY };

let registered: Registered[];
beforeEach(async () => {
  registered = await startEngine();
});

/** Runs the stack's program with a configuration, as the engine would give it: texts by key. */
async function up(config: Record<string, unknown>): Promise<Record<string, unknown>> {
  const texts = Object.entries(config).map(([key, value]) => [
    `heavyload:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, []);
  const { default: program } = await import("../../stacks/index");
  const outputs = Object.entries(program());
  const values = outputs.map(async ([name, value]) => [name, await valueOf(pulumi.output(value))]);
  const known = Object.fromEntries((await Promise.all(values)) as [string, unknown][]) as Record<
    string,
    unknown
  >;
  await settle();
  return known;
}

const stdinOf = (name: string) => registered.find((resource) => resource.name === name)?.inputs["stdin"];

describe("the stack", () => {
  it("tunes an existing host and puts out report, summary and address", async () => {
    const outputs = await up({ host: "existing", tier: "50k", connection: CONNECTION });
    expect(outputs).toEqual({
      report: expect.objectContaining({ tier: "50k" }),
      summary: expect.stringContaining("Tier 50k: 50000 connections"),
      address: "192.0.2.7",
    });
    expect(stdinOf("host-kernel")).toContain("stack: project/stack/host\n");
  });

  it("hands on everything that it was told", async () => {
    await up({
      host: "existing",
      capacity: { connections: 300, requestsPerSecond: 10 },
      connection: CONNECTION,
      tuning: { "net.core.somaxconn": 8192 },
      reapply: "2",
      adopt: true,
      allowUntested: true,
      timeout: 60,
      app: { wsgi: "shop.wsgi", directory: "/srv/shop", user: "shop", serverNames: ["shop.example"] },
    });
    expect(stdinOf("host-host")).toMatch(/\nreapply: "2"\nadopt: true\nallow-untested: true\nrequire:\n/);
    expect(stdinOf("host-kernel")).toContain("net.core.somaxconn: at least 8192");
    expect(stdinOf("host-report")).toContain("tier: custom");
    expect(stdinOf("host-app")).toContain("app.wsgi: exactly shop.wsgi\n");
    expect(stdinOf("host-nginx")).toContain("app.server_names: exactly shop.example\n");
  });

  it("makes a machine on EC2 and tunes it", async () => {
    const outputs = await up({
      host: "ec2",
      tier: "50k",
      ec2: ec2({ image: "al2023" }),
      allowUntested: true,
    });
    expect(outputs).toMatchObject({ address: "198.51.100.7", report: { tier: "50k" } });
    expect(stdinOf("host-host")).toContain("\nallow-untested: true\n");
  });

  it("tunes several hosts, each with what all have and what it has of its own", async () => {
    const { hostKey, ...common } = CONNECTION;
    const outputs = await up({
      host: "existing",
      tier: "2k",
      connection: common,
      hosts: { web1: { host: "192.0.2.8", hostKey }, web2: { hostKey, port: 2222 } },
      first: "web2",
      maxParallel: 1,
    });
    expect(outputs).toEqual({
      reports: { web1: expect.anything(), web2: expect.objectContaining({ tier: "2k" }) },
      summaries: { web1: expect.anything(), web2: expect.stringContaining("Tier 2k") },
      addresses: { web1: "192.0.2.8", web2: "192.0.2.7" },
    });
    expect(stdinOf("host-web1-kernel")).toContain("stack: project/stack/host-web1\n");
    const first = registered.find(({ name }) => name === "host-web2-host");
    expect(first?.replacementTrigger).toBe(HOST_KEY);
    const second = registered.find(({ name }) => name === "host-web1-host");
    expect(second?.dependencies).toContainEqual(expect.stringMatching(/::host-web2-report$/));
  });

  it("makes the lab's machine, named after the stack, and tunes it", async () => {
    const made: unknown[] = [];
    jest.doMock("../../lab/labHost", () => ({
      LabHost: class {
        readonly connection = { ...CONNECTION, privateKey: pulumi.secret(CONNECTION.privateKey) };
        readonly address = pulumi.output("http://127.0.0.1:8080/");
        constructor(...args: unknown[]) {
          made.push(args);
        }
      },
    }));
    const { address } = await up({ host: "lab", tier: "10k" });
    expect(made).toEqual([["lab", { name: "stack" }]]);
    expect(address).toBe("http://127.0.0.1:8080/");
    const { inputs } = registered.find(({ name }) => name === "host-kernel") ?? {};
    expect(inputs).toMatchObject({
      create: "sudo -n /var/lib/heavyload/bin/heavyload apply kernel",
    });
  });
});

/** A stack's configuration as it is in the repository, by key. */
function prepared(stack: string): Record<string, unknown> {
  const { config } = parse(readFileSync(join(__dirname, `../../stacks/Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("heavyload:", ""), value]),
  );
}

describe.each([
  ["staging", "c8g.xlarge", { address: "198.51.100.7", report: { tier: "2k" } }, "host"],
  ["prod", "c8g.24xlarge", { address: "198.51.100.7", report: { tier: "50k" } }, "host"],
  ["fleet", "c8g.4xlarge", { address: "fleet.elb.example", imageId: "fleet-image-a-id" }, "fleet-builder"],
])("the environment %s", (environment, instanceType, comesOut, name) => {
  it("needs a key and the range that SSH comes from, and nothing else", async () => {
    const { sshFrom, publicKey, privateKey } = ec2();
    const { ec2: given, ...rest } = prepared(environment);
    const error: unknown = await up({ ...rest, ec2: given }).catch((reason: unknown) => reason);
    expect((error as Error).message.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "the",
      "heavyload:ec2.sshFrom",
      "heavyload:ec2.privateKey",
      "heavyload:ec2.publicKey",
    ]);
    const outputs = await up({ ...rest, ec2: { ...(given as object), sshFrom, publicKey, privateKey } });
    expect(outputs).toMatchObject(comesOut);
    const machine = registered.find((one) => one.name === `${name}-machine`);
    expect(machine?.inputs).toMatchObject({
      instanceType,
      userData: expect.stringMatching(/^#cloud-config\n/),
    });
    expect(stdinOf(`${name}-app`)).toContain("app.wsgi: exactly placeholder:application\n");
  });
});

describe("a fleet", () => {
  it("has members of its own, which are refused by their paths", async () => {
    const error: unknown = await up({
      host: "fleet",
      tier: "50k",
      ec2: ec2(),
      connection: CONNECTION,
      fleet: { balancer: "elb", minSize: 0, size: 3 },
    }).catch((reason: unknown) => reason);
    const said = (error as Error).message;
    for (const path of ["connection", "fleet.balancer", "fleet.minSize", 'fleet["size"]'])
      expect(said).toContain(`heavyload:${path} is`);
    const beside: unknown = await up({
      host: "existing",
      tier: "2k",
      connection: CONNECTION,
      fleet: {},
    }).catch((reason: unknown) => reason);
    expect((beside as Error).message).toContain(
      "heavyload:fleet is given, allowed: only beside heavyload:host fleet",
    );
  });
});

describe("a wrong configuration", () => {
  const problemsOf = async (config: Record<string, unknown>) => {
    const error: unknown = await up(config).catch((reason: unknown) => reason);
    if (!pulumi.RunError.isInstance(error)) throw error;
    return error.message.split("\n");
  };

  it("is refused as a whole, by key, before anything is registered", async () => {
    const problems = await problemsOf({
      host: "gce",
      teir: "10k",
      tier: "3k",
      capacity: {},
      connection: { port: "22" },
      tuning: "none",
      timeout: "soon",
      adopt: "maybe",
      allowUntested: 1,
      app: { wsgi: "shop.wsgi", directory: "srv" },
    });
    expect(problems.slice(1).map((line) => line.split(", allowed")[0])).toEqual([
      "heavyload:teir is given",
      'heavyload:host is "gce"',
      "heavyload:connection is given",
      'heavyload:capacity is given beside tier "3k"',
      "heavyload:capacity.connections is not given",
      'heavyload:tier is "3k"',
      'heavyload:tuning is "none"',
      'heavyload:app.directory is "srv"',
      "heavyload:app.user is not given",
      'heavyload:timeout is "soon"',
      'heavyload:adopt is "maybe"',
      "heavyload:allowUntested is 1",
      "heavyload:connection.host is not given",
      'heavyload:connection.port is "22"',
      "heavyload:connection.privateKey is not given",
      "heavyload:connection.hostKey is not given",
    ]);
    expect(registered).toEqual([]);
  });

  it("names the hosts there are, and the tiers", async () => {
    expect(await problemsOf({})).toEqual([
      "the stack's configuration:",
      "heavyload:host is not given, allowed: lab, existing, ec2, fleet",
      "heavyload:tier is not given, allowed: 2k, 10k, 50k, 100k. Or give capacity instead.",
    ]);
  });

  it("is named by host where there are several, and idle keys are named", async () => {
    const common = { ...CONNECTION, host: undefined };
    expect(
      await problemsOf({
        host: "existing",
        tier: "2k",
        connection: common,
        hosts: { web1: {}, "web 2": { host: "b" }, web3: { host: "c", port: 0 }, web4: "d" },
        first: "web9",
        ec2: {},
      }),
    ).toEqual([
      "the stack's configuration:",
      "heavyload:ec2 is given, allowed: only beside heavyload:host ec2",
      'heavyload:hosts["web1"].host is not given, allowed: an address or a name',
      'heavyload:hosts["web3"].port is 0, allowed: a whole number from 1 to 65535',
      expect.stringMatching(/^heavyload:hosts\["web4"\] is a text \(not shown\), allowed: an object of /),
      'heavyload:hosts["web 2"] is its name, allowed: letters, digits and . _ / @ + -, beginning with a letter or digit',
      'heavyload:first is "web9", allowed: web1, web 2, web3, web4',
    ]);
    expect(await problemsOf({ host: "lab", tier: "2k", hosts: {}, maxParallel: 2 })).toEqual([
      "the stack's configuration:",
      "heavyload:hosts is given, allowed: only beside heavyload:host existing or ec2",
    ]);
    expect(await problemsOf({ host: "ec2", tier: "2k", ec2: ec2({ sshPort: 0 }), first: "a" })).toEqual([
      "the stack's configuration:",
      "heavyload:first is given, allowed: only beside heavyload:hosts",
      "heavyload:ec2.sshPort is 0, allowed: a whole number from 1 to 65535",
    ]);
  });

  it("has no use for a connection to the lab", async () => {
    expect(await problemsOf({ host: "lab", tier: "2k", connection: CONNECTION })).toEqual([
      "the stack's configuration:",
      "heavyload:connection is given, allowed: only beside heavyload:host existing",
    ]);
  });

  it("wants a connection to an existing host", async () => {
    const [, ...problems] = await problemsOf({ host: "existing", tier: "2k" });
    expect(problems).toEqual([
      expect.stringMatching(/^heavyload:connection is not given, allowed: an object of host, /),
    ]);
  });

  it("never repeats a key", async () => {
    const connection = { ...CONNECTION, host: "", privatekey: KEY };
    expect((await problemsOf({ host: "existing", tier: "2k", connection })).join()).not.toContain("c2VjcmV0");
  });
});
