import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { HostTuning, type ConnectionArgs, type HostTuningArgs } from "../../components";
import { run } from "../../lab/run";
import { args, connection } from "./arguments";
import { startEngine, type Registered } from "./engine";

let registered: Registered[];
beforeEach(async () => {
  registered = await startEngine();
});

function refusal(name: string, given: unknown): pulumi.InputPropertiesError {
  try {
    new HostTuning(name, given as HostTuningArgs);
  } catch (error) {
    if (pulumi.InputPropertiesError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("HostTuning took the arguments");
}

describe("HostTuning refuses", () => {
  it("everything at once, before it registers anything", () => {
    const error = refusal("my host", {
      connection: { port: 0, hostkey: "x" },
      tier: "3k",
      tuning: { "net.core.somaxconn": 1 },
      timeout: 1,
      healthPath: "health",
      adopt: "yes",
    });
    expect(error.errors?.map(({ propertyPath }) => propertyPath)).toEqual([
      "name",
      "tier",
      'tuning["net.core.somaxconn"]',
      "timeout",
      "healthPath",
      "adopt",
      "connection.host",
      "connection.port",
      'connection["hostkey"]',
      "connection.privateKey",
      "connection.hostKey",
    ]);
    expect(error.errors?.[1]?.reason).toBe('is "3k", allowed: 2k, 10k, 50k, 100k. Or give capacity instead.');
    expect(error.message).toContain("timeout is 1, allowed: a number of seconds from 5 to 3600");
    expect(registered).toEqual([]);
  });

  it("without a line of the libraries in the stack", () => {
    expect(refusal("web", args({ tier: "3k" })).stack).not.toContain("node_modules");
  });

  const reasons = (over: Partial<ConnectionArgs> | Record<string, unknown>) =>
    refusal("web", { tier: "2k", connection: { ...connection(), ...over } }).errors?.map(
      ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
    );

  it.each<[string, Record<string, unknown>, string]>([
    ["no host", { host: undefined }, "connection.host is not given, allowed: an address or a name"],
    ["a host of two words", { host: "a b" }, 'connection.host is "a b", allowed: an address or a name'],
    ["a port as text", { port: "22" }, 'connection.port is "22", allowed: a whole number from 1 to 65535'],
    [
      "a key's path",
      { privateKey: "~/.ssh/id_ed25519" },
      "connection.privateKey is something else (not shown), allowed: the text of the key, with its line " +
        "-----BEGIN … PRIVATE KEY-----, not its path",
    ],
    [
      "two ways to log in",
      { password: "x" },
      "connection is given privateKey and password, allowed: one of connection.privateKey, " +
        "connection.agent, connection.agentSocketPath, connection.password",
    ],
    [
      "no host key",
      { hostKey: undefined },
      "connection.hostKey is not given, allowed: the host's public key, as in its /etc/ssh/ssh_host_ed25519_key.pub. " +
        "Or connection.insecureIgnoreHostKey: true, to trust whoever answers.",
    ],
    [
      "a host key that is waived as well",
      { insecureIgnoreHostKey: true },
      "connection.hostKey is given beside insecureIgnoreHostKey, allowed: one of hostKey and insecureIgnoreHostKey",
    ],
    [
      "an RSA host key",
      { hostKey: "ssh-rsa AAAA" },
      'connection.hostKey is "ssh-rsa AAAA", allowed: a line like that of /etc/ssh/ssh_host_ed25519_key.pub: ' +
        "ssh-ed25519 or ecdsa-sha2-nistp256, and the key",
    ],
    [
      "a proxy without a host",
      { proxy: { agentSocketPath: "/run/agent", insecureIgnoreHostKey: true } },
      "connection.proxy.host is not given, allowed: an address or a name",
    ],
  ])("%s", (_, over, message) => {
    expect(reasons(over)).toEqual([message]);
  });

  it("a field it does not know, without its value", () => {
    expect(reasons({ privatekey: "hush" })?.join()).toMatch(
      /^connection\["privatekey"\] is given, allowed: only/,
    );
  });

  it("no connection at all", () => {
    expect(refusal("web", { tier: "2k" }).message).toContain(
      "connection is not given, allowed: an object of host,",
    );
  });
});

it("refuses a value that comes later when it comes", async () => {
  const program = join(__dirname, "lateRefusals.ts");
  const { stdout } = await run(process.execPath, ["--require", "tsx/cjs", program]);
  expect(JSON.parse(stdout)).toEqual({
    field: [expect.stringContaining("connection.port is 0, allowed: a whole number from 1 to 65535")],
    connection: [expect.stringContaining("connection.hostKey is not given, allowed:")],
    proxy: [expect.stringContaining("connection.proxy.hostKey is not given, allowed:")],
    tier: [expect.stringContaining('tier is "3k", allowed: 2k, 10k, 50k, 100k.')],
    timeout: [expect.stringContaining("timeout is 1, allowed: a number of seconds from 5 to 3600")],
    machine: expect.arrayContaining([
      expect.stringContaining('instanceType is "large", allowed: a type of machine, such as c8g.xlarge'),
      expect.stringContaining('image is "x", allowed: debian-12,'),
    ]),
    members: expect.arrayContaining([
      expect.stringContaining('securityGroupIds is ["not a group"], allowed: a list of ids'),
      expect.stringContaining('tags is {"a":5}, allowed: an object of texts'),
    ]),
  });
}, 30_000);
