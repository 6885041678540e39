import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { Ec2Host, TunedHost, TunedHosts, type TunedHostsArgs } from "../../components";
import { ec2HostProblems } from "../../components/checks/ec2Host";
import { connection, ec2, KEY } from "./arguments";
import { settle, startEngine, type Registered } from "./engine";

let registered: Registered[];
beforeEach(async () => {
  registered = await startEngine();
});
afterEach(settle);

function refusal(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (!pulumi.InputPropertiesError.isInstance(error)) throw error;
    expect(registered).toEqual([]);
    expect(error.message).not.toContain("c2VjcmV0");
    return error.errors?.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`) ?? [];
  }
  throw new Error("it took the arguments");
}

const tuned = (args: Record<string, unknown>) =>
  refusal(() => new TunedHost("web", { tier: "10k", ...args }));

describe("TunedHost refuses", () => {
  it("no host, and two", () => {
    expect(tuned({})).toEqual(["ec2 is not given, allowed: one of ec2 or existing"]);
    expect(tuned({ ec2: ec2(), existing: connection() })).toEqual([
      "ec2 is given beside existing, allowed: one of ec2 or existing",
    ]);
  });

  it("everything at once, before it registers anything", () => {
    const problems = tuned({ tier: "3k", existing: { port: 0 }, restore: "no" });
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "tier",
      "restore",
      "existing.host",
      "existing.port",
      "existing.privateKey",
      "existing.hostKey",
    ]);
  });

  it("a burstable type above 2,000 connections, whether by tier or in numbers", () => {
    const given = { ec2: ec2({ instanceType: "t4g.large" }) };
    const reason =
      'ec2.instanceType is "t4g.large", allowed: a type that is not burstable, for more than 2000 connections. Such as c8g.xlarge.';
    expect(tuned(given)).toEqual([reason]);
    expect(tuned({ ...given, tier: undefined, capacity: { connections: 2001 } })).toEqual([reason]);
    for (const load of [{ tier: "2k" }, { capacity: { connections: 2000 } }])
      expect(() => new TunedHost("web", { ...load, ...given })).not.toThrow();
  });

  it("a family of which the tests say nothing, unless it is told to try it", () => {
    const given = { ec2: ec2({ image: "al2023" }) };
    expect(tuned(given)).toEqual([
      'ec2.image is "al2023", allowed: debian-12, debian-13, ubuntu-22.04, ubuntu-24.04, ubuntu-26.04. Or allowUntested: true, to try it.',
    ]);
    expect(() => new TunedHost("web", { tier: "10k", ...given, allowUntested: true })).not.toThrow();
  });
});

describe("Ec2Host refuses", () => {
  const reasons = (over: Record<string, unknown>) =>
    ec2HostProblems({ ...ec2(), ...over }).map(
      ({ path, value, allowed }) => `${path} is ${value}, allowed: ${allowed}`,
    );

  it.each<[string, Record<string, unknown>, string]>([
    [
      "no type",
      { instanceType: undefined },
      "ec2.instanceType is not given, allowed: a type of machine, such as c8g.xlarge",
    ],
    [
      "a type that is none",
      { instanceType: "large" },
      'ec2.instanceType is "large", allowed: a type of machine, such as c8g.xlarge',
    ],
    [
      "SSH from nowhere",
      { sshFrom: [] },
      "ec2.sshFrom is [], allowed: a list of ranges (203.0.113.0/24), security groups (sg-…) or prefix lists (pl-…), at least one, and not everywhere",
    ],
    [
      "SSH from everywhere",
      { sshFrom: ["0.0.0.0/0"] },
      'ec2.sshFrom is ["0.0.0.0/0"], allowed: a list of ranges (203.0.113.0/24), security groups (sg-…) or prefix lists (pl-…), at least one, and not everywhere',
    ],
    [
      "an address without its size",
      { webFrom: ["203.0.113.7"] },
      'ec2.webFrom is ["203.0.113.7"], allowed: a list of ranges (203.0.113.0/24), security groups (sg-…) or prefix lists (pl-…)',
    ],
    [
      "an unknown family",
      { image: "centos" },
      'ec2.image is "centos", allowed: debian-12, debian-13, ubuntu-22.04, ubuntu-24.04, ubuntu-26.04, al2023',
    ],
    ["an image that is none", { ami: "debian" }, 'ec2.ami is "debian", allowed: the id of an image: ami-…'],
    ["a user of two words", { user: "a b" }, 'ec2.user is "a b", allowed: a user\'s name'],
    [
      "two ways to log in",
      { agentSocketPath: "/run/agent" },
      "ec2.privateKey is given beside agentSocketPath, allowed: one of ec2.privateKey and ec2.agent and ec2.agentSocketPath",
    ],
    [
      "no public key",
      { publicKey: undefined },
      "ec2.publicKey is not given, allowed: one of ec2.publicKey and ec2.keyName",
    ],
    [
      "a public key that EC2 does not take",
      { publicKey: "ecdsa-sha2-nistp256 AAAA" },
      "ec2.publicKey is something else (not shown), allowed: the text of an ssh-ed25519 or ssh-rsa public key, as in ~/.ssh/id_ed25519.pub",
    ],
    [
      "a key's path",
      { privateKey: "~/.ssh/id" },
      "ec2.privateKey is something else (not shown), allowed: the text of the key, with its line -----BEGIN … PRIVATE KEY-----, not its path",
    ],
    [
      "a bastion without a key of its own",
      { proxy: { host: "bastion", agentSocketPath: "/run/agent" } },
      "ec2.proxy.hostKey is not given, allowed: the host's public key, as in its /etc/ssh/ssh_host_ed25519_key.pub",
    ],
    ["a port that is none", { sshPort: 0 }, "ec2.sshPort is 0, allowed: a whole number from 1 to 65535"],
    [
      "a subnet that is none",
      { subnetId: "10.0.0.0/24" },
      'ec2.subnetId is "10.0.0.0/24", allowed: the id of a subnet: subnet-…',
    ],
    [
      "a group by its name",
      { securityGroupIds: ["web"] },
      'ec2.securityGroupIds is ["web"], allowed: a list of ids of security groups: sg-…',
    ],
    ["a small disk", { diskGiB: 4 }, "ec2.diskGiB is 4, allowed: a whole number from 8 to 16384"],
    [
      "user data that is too long",
      { userData: "x".repeat(16_385) },
      "ec2.userData is something else (not shown), allowed: a text of at most 16384 bytes",
    ],
    [
      "a short memory",
      { connectionTrackingSeconds: 10 },
      "ec2.connectionTrackingSeconds is 10, allowed: a whole number from 60 to 432000",
    ],
    ["no time to boot", { bootTimeout: 1 }, "ec2.bootTimeout is 1, allowed: a whole number from 5 to 3600"],
    [
      "tags in a list",
      { tags: ["a"] },
      'ec2.tags is ["a"], allowed: an object of texts, whose names do not begin with aws:',
    ],
    ["a switch as text", { elasticIp: "yes" }, 'ec2.elasticIp is "yes", allowed: true or false'],
    [
      "an image to follow, as text",
      { followImage: "yes" },
      'ec2.followImage is "yes", allowed: true or false',
    ],
    [
      "a list that is known only later",
      { sshFrom: pulumi.output(["10.0.0.0/8"]) },
      "ec2.sshFrom is known only later, allowed: a list of ranges (203.0.113.0/24), security groups (sg-…) or prefix lists (pl-…), at least one, and not everywhere",
    ],
    [
      "an empty profile",
      { instanceProfile: "" },
      'ec2.instanceProfile is "", allowed: the name of an instance profile',
    ],
    [
      "an empty key pair",
      { publicKey: undefined, keyName: "" },
      'ec2.keyName is "", allowed: the name of a key pair',
    ],
    [
      "an untested family said by a text",
      { allowUntested: "yes" },
      'ec2.allowUntested is "yes", allowed: true or false',
    ],
  ])("%s", (_, over, message) => expect(reasons(over)).toEqual([message]));

  it("a field it does not know, without its value", () => {
    expect(reasons({ privatekey: KEY })[0]).toMatch(
      /^ec2\["privatekey"\] is given, allowed: only the names instanceType, /,
    );
  });

  it("something else than an object", () => {
    expect(ec2HostProblems("c8g")).toEqual([
      expect.objectContaining({ path: "ec2", value: "a text (not shown)" }),
    ]);
    expect(ec2HostProblems(pulumi.output(ec2()))).toEqual([
      expect.objectContaining({ value: "known only later" }),
    ]);
  });

  it("nothing yet of what comes later, where it may", () => {
    expect(
      reasons({
        instanceType: pulumi.output("x"),
        image: pulumi.output("y"),
        tags: { a: pulumi.output("b") },
      }),
    ).toEqual([]);
  });

  it("a list of what comes later where no list can be, at once", () => {
    const later = [pulumi.output(20)];
    expect(reasons({ diskGiB: later, user: later })).toEqual([
      "ec2.user is [], allowed: a user's name",
      "ec2.diskGiB is [], allowed: a whole number from 8 to 16384",
    ]);
    expect(tuned({ existing: connection({ port: later as unknown as number }), timeout: later })).toEqual([
      "timeout is [], allowed: a number of seconds from 5 to 3600",
      "existing.port is [], allowed: a whole number from 1 to 65535",
    ]);
  });

  it("by the names of its own arguments", () => {
    expect(refusal(() => new Ec2Host("web", ec2({ sshPort: 0, privateKey: "x" })))).toEqual([
      "sshPort is 0, allowed: a whole number from 1 to 65535",
      expect.stringMatching(/^privateKey is something else \(not shown\)/),
    ]);
  });
});

describe("TunedHosts refuses", () => {
  const several = (args: Record<string, unknown>) =>
    refusal(() => new TunedHosts("shop", { tier: "2k", ...args } as unknown as TunedHostsArgs));

  it("no hosts, and what is wrong with each of them, by name", () => {
    expect(several({})).toEqual(["hosts is not given, allowed: an object of hosts by name, at least one"]);
    expect(
      several({ hosts: { web1: {}, web2: "x", web3: { existing: connection({ port: 0 }), tier: "2k" } } }),
    ).toEqual([
      'hosts["web1"].ec2 is not given, allowed: one of hosts["web1"].ec2 or hosts["web1"].existing',
      'hosts["web2"] is "x", allowed: an object of one of ec2 and existing',
      'hosts["web3"].existing.port is 0, allowed: a whole number from 1 to 65535',
      'hosts["web3"].tier is given, allowed: only the names ec2, existing',
    ]);
  });

  it("an order that cannot be", () => {
    expect(several({ hosts: { web1: { existing: connection() } }, first: "web2", maxParallel: 0 })).toEqual([
      'first is "web2", allowed: web1',
      "maxParallel is 0, allowed: a whole number from 1 to 100",
    ]);
  });
});
