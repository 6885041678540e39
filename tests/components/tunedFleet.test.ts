import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { TunedFleet, type TunedFleetArgs } from "../../components";
import { sizeFleet } from "../../components/fleet/sizing";
import { ec2 } from "./arguments";
import { settle, startEngine, valueOf, type Registered } from "./engine";

let registered: Registered[];
beforeEach(async () => {
  registered = await startEngine();
});
afterEach(settle);

const ARGS: TunedFleetArgs = { tier: "50k", ec2: ec2() };

async function make(args: Partial<TunedFleetArgs> = {}): Promise<TunedFleet> {
  const fleet = new TunedFleet("shop", { ...ARGS, ...args });
  await valueOf(fleet.address);
  await settle();
  return fleet;
}

const short = ({ type }: Registered): string => type.split(":").pop() ?? "";
const of = (type: string, name = "shop"): Registered => {
  const found = registered.find((one) => short(one) === type && one.name === name);
  if (!found)
    throw new Error(
      `no ${type} ${name} among ${registered.map((one) => `${short(one)} ${one.name}`).join(", ")}`,
    );
  return found;
};
/** The resources of the fleet itself, beside its builder's. */
const own = (): string[] =>
  registered
    .filter(({ parent }) => parent.endsWith("heavyload:index:TunedFleet::shop"))
    .map((one) => `${short(one)} ${one.name}`)
    .sort();

describe("a fleet", () => {
  it("is made with its resources under it, and no more of them than it needs", async () => {
    const fleet = await make();
    expect(own()).toEqual(
      [
        "TunedHost shop-builder",
        "Command shop-images",
        "AmiFromInstance shop-image-a",
        "AmiFromInstance shop-image-b",
        "LaunchTemplate shop",
        "Group shop",
        "Policy shop",
        "MetricAlarm shop",
        "LoadBalancer shop",
        "TargetGroup shop",
        "Listener shop-80",
        "SecurityGroup shop-balancer",
        "SecurityGroup shop-hosts",
        "SecurityGroupIngressRule shop-visitors-80-0.0.0.0-0",
        "SecurityGroupIngressRule shop-visitors-80-::-0",
        "SecurityGroupEgressRule shop-to-hosts-80",
        "SecurityGroupEgressRule shop-to-hosts-8110",
        "SecurityGroupIngressRule shop-from-balancer-80",
        "SecurityGroupIngressRule shop-from-balancer-8110",
        "SecurityGroupEgressRule shop-hosts-out-0.0.0.0-0",
        "SecurityGroupEgressRule shop-hosts-out-::-0",
      ].sort(),
    );
    expect(await valueOf(fleet.address)).toBe("shop.elb.example");
    expect(await valueOf(fleet.groupName)).toBe("shop");
    expect(await valueOf(fleet.imageId)).toBe("shop-image-a-id");
    expect(await valueOf(fleet.report)).toMatchObject({ tier: "custom" });
  });

  it("has its machine tuned to a host's share, sealed, and reached by SSH alone", async () => {
    await make({ tuning: { "net.core.somaxconn": 32_768 } });
    const steps = registered.filter(
      ({ name, type }) => type === "command:remote:Command" && /^shop-builder-/.test(name),
    );
    expect(steps.map(({ name }) => name.replace("shop-builder-", ""))).toEqual([
      "host-key",
      "first-boot",
      "host",
      "kernel",
      "limits",
      "gunicorn",
      "nginx",
      "report",
      "seal",
    ]);
    const nginx = String(of("Command", "shop-builder-nginx").inputs["stdin"]);
    expect(nginx).toContain("readiness.port: exactly 8110\n");
    const { fleet } = sizeFleet({ tier: "50k", instanceType: "c8g.4xlarge" });
    const workers = fleet?.host.settings.find(({ name }) => name === "nginx.worker_connections")?.value;
    expect(nginx).toContain(`nginx.worker_connections: computed ${workers}\n`);
    expect(of("Command", "shop-builder-kernel").inputs["stdin"]).toContain("somaxconn: at least 32768\n");
    expect(registered.filter(({ name }) => /^shop-builder-https?-/.test(name))).toEqual([]);
    expect(of("Instance", "shop-builder-machine").ignoreChanges).toEqual([]); // it follows the newest image
  });

  it("makes copies of it that only the balancer reaches, and that only their proof lets into service", async () => {
    await make();
    const template = of("LaunchTemplate").inputs;
    expect(template).toMatchObject({
      imageId: "shop-image-a-id",
      instanceType: "c8g.4xlarge",
      iamInstanceProfile: { name: "shop-builder-profile" },
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      monitoring: { enabled: true },
      networkInterfaces: [
        {
          securityGroups: ["shop-hosts-id"],
          connectionTrackingSpecification: { tcpEstablishedTimeout: 350 },
        },
      ],
    });
    expect(template["keyName"]).toBeUndefined();
    expect(of("SecurityGroupIngressRule", "shop-from-balancer-80").inputs).toMatchObject({
      securityGroupId: "shop-hosts-id",
      referencedSecurityGroupId: "shop-balancer-id",
      fromPort: 80,
    });
    const group = of("Group").inputs;
    expect(group).toMatchObject({
      launchTemplate: { id: "shop-id", version: "3" }, // by its number
      healthCheckType: "ELB",
      targetGroupArns: ["arn of shop"],
      vpcZoneIdentifiers: ["subnet-0a", "subnet-0b"],
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 120 },
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          minHealthyPercentage: 100,
          maxHealthyPercentage: 120,
          autoRollback: true,
          alarmSpecification: { alarms: ["shop"] },
        },
      },
    });
    expect(of("TargetGroup").inputs).toMatchObject({
      port: 80,
      protocol: "HTTP",
      loadBalancingAlgorithmType: "least_outstanding_requests",
      healthCheck: { protocol: "HTTP", port: "8110", path: "/", matcher: "200-399" },
    });
  });

  it("takes its size, its target and its alarm from the model", async () => {
    await make();
    const { fleet } = sizeFleet({ tier: "50k", instanceType: "c8g.4xlarge" });
    expect(of("Group").inputs).toMatchObject({
      minSize: fleet?.hosts.minSize,
      maxSize: fleet?.hosts.maxSize,
      minElbCapacity: fleet?.hosts.minSize,
    });
    expect(of("Policy").inputs).toMatchObject({
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: "app/shop/targetgroup/shop",
        },
        targetValue: 57_600,
      },
    });
    expect(of("MetricAlarm").inputs).toMatchObject({
      metricName: "HTTPCode_Target_5XX_Count",
      dimensions: { LoadBalancer: "app/shop", TargetGroup: "targetgroup/shop" },
      threshold: 3_000, // one in a hundred of 5,000 a second
    });
    registered.length = 0;
    await make({ minSize: 7, maxSize: 9 });
    expect(of("Group").inputs).toMatchObject({ minSize: 7, maxSize: 9 });
  });

  it("speaks TLS with a certificate, and sends there whoever comes without", async () => {
    await make({ certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1" });
    expect(of("Listener", "shop-443").inputs).toMatchObject({
      protocol: "HTTPS",
      certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
      defaultActions: [{ type: "forward", targetGroupArn: "arn of shop" }],
    });
    expect(of("Listener", "shop-80").inputs).toMatchObject({
      defaultActions: [{ type: "redirect", redirect: { port: "443", statusCode: "HTTP_301" } }],
    });
  });

  it("lets clients' connections through by a Network Load Balancer", async () => {
    await make({ balancer: "nlb", internal: true, subnetIds: ["subnet-0c", "subnet-0d"] });
    expect(of("LoadBalancer").inputs).toMatchObject({
      loadBalancerType: "network",
      internal: true,
      enableCrossZoneLoadBalancing: true,
      subnets: ["subnet-0c", "subnet-0d"],
    });
    expect(of("LoadBalancer").inputs["idleTimeout"]).toBeUndefined();
    expect(of("TargetGroup").inputs).toMatchObject({ protocol: "TCP", vpcId: "vpc of subnet-0c" });
    expect(of("Listener", "shop-80").inputs).toMatchObject({ protocol: "TCP" });
    expect(of("Policy").inputs).toMatchObject({ targetTrackingConfiguration: { targetValue: 60 } });
    expect(of("Instance", "shop-builder-machine").inputs).toBeDefined();
    registered.length = 0;
    await make({ balancer: "nlb", certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1" });
    expect(own().filter((name) => name.startsWith("Listener"))).toEqual(["Listener shop-443"]);
    expect(of("Listener", "shop-443").inputs).toMatchObject({ protocol: "TLS" });
  });

  it("tags everything that can have some", async () => {
    await make({ ec2: { ...ec2(), tags: { team: "shop" } } });
    const tags = { Name: "shop", team: "shop" };
    for (const type of ["LoadBalancer", "TargetGroup", "LaunchTemplate", "MetricAlarm"])
      expect(of(type).inputs["tags"]).toEqual(tags);
    expect(of("Listener", "shop-80").inputs["tags"]).toEqual(tags);
    expect(of("AmiFromInstance", "shop-image-a").inputs["tags"]).toEqual(tags);
    expect(of("Group").inputs["tags"]).toEqual([
      { key: "Name", value: "shop", propagateAtLaunch: true },
      { key: "team", value: "shop", propagateAtLaunch: true },
    ]);
    expect(of("LaunchTemplate").inputs["tagSpecifications"]).toContainEqual({ resourceType: "volume", tags });
  });

  it("keeps the key secret in its own inputs", async () => {
    await make();
    const given = registered.find(({ type }) => type === "heavyload:index:TunedFleet")?.inputs["ec2"];
    expect(JSON.stringify(given)).toContain("1b47061264138c4ac30d75fd1eb44270");
  });
});

describe("images", () => {
  const count = (sealed: string, before?: string): string =>
    execFileSync("node", ["-e", String(of("Command", "shop-images").inputs["create"])], {
      encoding: "utf8",
      env: { ...process.env, SEALED: sealed, ...(before !== undefined && { PULUMI_COMMAND_STDOUT: before }) },
    });

  it("are counted by the states that they are made of, so that the two take turns", async () => {
    await make();
    const first = count("x");
    expect(first).toBe("1 x");
    expect(count("x", first)).toBe(first); // run again for another reason
    expect(count("y", first)).toBe("2 y");
    expect(count("x", "2 y")).toBe("3 x");
  });

  it("are another state for whatever is applied, and the same for a fleet that only grows", async () => {
    const states = new Set<unknown>();
    for (const args of [
      {},
      { tuning: { "net.core.somaxconn": 32_768 } },
      { reapply: "release 2" },
      { healthPath: "/health" },
    ]) {
      registered.length = 0;
      await make(args);
      states.add((of("Command", "shop-images").inputs["environment"] as { SEALED: string }).SEALED);
    }
    expect(states.size).toBe(4);
    registered.length = 0;
    await make({ tier: "100k" }); // more hosts with the same share each
    states.add((of("Command", "shop-images").inputs["environment"] as { SEALED: string }).SEALED);
    expect(states.size).toBe(4);
  });

  it("are made one after the other, once the machine is proven", async () => {
    await make();
    expect(of("Command", "shop-images").dependencies.some((urn) => urn.endsWith("::shop-builder-seal"))).toBe(
      true,
    );
    expect(
      of("AmiFromInstance", "shop-image-b").dependencies.some((urn) => urn.endsWith("::shop-image-a")),
    ).toBe(true);
    expect(of("AmiFromInstance", "shop-image-a")).toMatchObject({
      replacementTrigger: "1",
      ignoreChanges: ["sourceInstanceId"],
    });
  });
});
