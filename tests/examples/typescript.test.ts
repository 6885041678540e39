import { beforeEach, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { ec2, HOST_KEY, KEY } from "../components/arguments";
import { settle, startEngine, valueOf, type Registered } from "../components/engine";

let registered: Registered[];
beforeEach(async () => {
  registered = await startEngine();
});

const { publicKey, sshFrom } = ec2();
const MACHINE = { sshFrom: sshFrom[0], publicKey, privateKey: KEY };

/** Runs an example with the configuration that it asks for; its outputs. */
async function outputsOf(folder: string, config: Record<string, unknown>): Promise<Record<string, unknown>> {
  const texts = Object.entries(config).map(([key, value]) => [
    `project:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, []);
  const program = (await import(`../../examples/${folder}-typescript/index.ts`)) as Record<string, unknown>;
  const values = await Promise.all(
    Object.entries(program).map(
      async ([name, value]) => [name, await valueOf(pulumi.output(value))] as const,
    ),
  );
  await settle();
  return Object.fromEntries(values);
}

const stdinOf = (name: string) => registered.find((resource) => resource.name === name)?.inputs["stdin"];

it("the example for an existing host tunes it", async () => {
  const outputs = await outputsOf("existing-host", { host: "192.0.2.7", hostKey: HOST_KEY, privateKey: KEY });
  expect(outputs).toMatchObject({
    address: "192.0.2.7",
    good: true,
    summary: expect.stringContaining("Tier 10k"),
  });
});

it("the example on EC2 makes a machine with its application", async () => {
  const outputs = await outputsOf("ec2", { ...MACHINE, repository: "https://git.example/shop.git" });
  expect(outputs).toMatchObject({ address: "198.51.100.99", instanceId: "web-machine-id" });
  expect(stdinOf("web-app")).toContain("app.virtualenv: exactly /srv/shop/venv\n");
});

it("the example of a fleet makes copies of one machine with its application", async () => {
  const outputs = await outputsOf("fleet", {
    ...MACHINE,
    repository: "https://git.example/shop.git",
    release: "v1",
    certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
  });
  expect(outputs).toMatchObject({ address: "shop.elb.example", imageId: "shop-image-a-id" });
  expect(stdinOf("shop-builder-nginx")).toContain("readiness.host: exactly shop.example\n");
});

it("the example behind a load balancer makes three machines and attaches them, one after the other", async () => {
  const outputs = await outputsOf("load-balancer", {
    ...MACHINE,
    ami: "ami-0a1",
    balancerSecurityGroup: "sg-0b2",
    targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/shop/1",
    subnets: ["subnet-0c3", "subnet-0d4"],
  });
  expect(Object.keys(outputs["addresses"] as object)).toEqual(["web1", "web2", "web3"]);
  const attached = registered.filter(({ type }) => type.endsWith(":TargetGroupAttachment"));
  expect(attached.map(({ inputs }) => inputs["targetId"])).toEqual(
    ["web1", "web2", "web3"].map((name) => `shop-${name}-machine-id`),
  );
  expect(stdinOf("shop-web1-nginx")).toContain("nginx.keepalive_timeout: exactly 75\n");
});
