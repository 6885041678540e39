import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { TunedHost, type Ec2HostArgs } from "../../components";
import { ec2, HOST_KEY, KEY } from "./arguments";
import { plain, settle, startEngine, valueOf, type Registered } from "./engine";
import { TunedWeb } from "./tunedWeb";

let registered: Registered[];
let web: TunedWeb;
const start = async (preview = false) => {
  registered = await startEngine(preview);
  web = new TunedWeb(registered);
};
beforeEach(() => start());
afterEach(settle);

describe("a machine on EC2", () => {
  it("is made with its resources under it, by names that say what they are for", async () => {
    await web.make({ ec2: ec2() });
    const own = registered.filter(({ parent }) => parent.endsWith("heavyload:index:Ec2Host::web"));
    expect(own.map(({ type, name }) => `${type.split(":").pop()} ${name}`).sort()).toEqual(
      [
        "Command web-first-boot",
        "Command web-host-key",
        "Instance web-machine",
        "InstanceProfile web-profile",
        "KeyPair web-key",
        "LaunchTemplate web-card",
        "Role web-role",
        "RolePolicyAttachment web-ssm",
        "SecurityGroup web-group",
        "SecurityGroupEgressRule web-out-0.0.0.0-0",
        "SecurityGroupEgressRule web-out-::-0",
        "SecurityGroupIngressRule web-http-0.0.0.0-0",
        "SecurityGroupIngressRule web-http-::-0",
        "SecurityGroupIngressRule web-https-0.0.0.0-0",
        "SecurityGroupIngressRule web-https-::-0",
        "SecurityGroupIngressRule web-ssh-203.0.113.0-24",
      ].sort(),
    );
  });

  it("has the safe defaults", async () => {
    await web.make({ ec2: ec2() });
    expect(web.named("web-machine").inputs).toMatchObject({
      ami: "ami of /aws/service/debian/release/12/latest/arm64",
      instanceType: "c8g.4xlarge",
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { volumeType: "gp3", volumeSize: 20, encrypted: true, tags: { Name: "web" } },
      monitoring: true,
      keyName: "web-key",
      iamInstanceProfile: "web-profile",
      launchTemplate: { id: "web-card-id", version: "3" },
      tags: { Name: "web" },
    });
    expect(web.named("web-card").inputs["networkInterfaces"]).toEqual([
      {
        deviceIndex: 0,
        securityGroups: ["web-group-id"],
        associatePublicIpAddress: "true",
        deleteOnTermination: "true",
        connectionTrackingSpecification: { tcpEstablishedTimeout: 350 },
      },
    ]);
    expect(web.named("web-ssm").inputs).toEqual({
      role: "web-role",
      policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    });
    expect(JSON.parse(String(web.named("web-role").inputs["assumeRolePolicy"]))).toMatchObject({
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" } }],
    });
  });

  it("lets SSH in from where it is told, and the web from everywhere", async () => {
    await web.make({
      ec2: ec2({ sshFrom: ["203.0.113.0/24", "2001:db8::/48", "sg-0a1", "pl-0b2"], sshPort: 2222 }),
    });
    const rules = web
      .made("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map(({ inputs }) => inputs);
    const open = rules.map(({ fromPort, toPort, ipProtocol, ...rest }) => {
      expect([toPort, ipProtocol, rest["securityGroupId"]]).toEqual([fromPort, "tcp", "web-group-id"]);
      const { cidrIpv4, cidrIpv6, referencedSecurityGroupId, prefixListId } = rest;
      return [fromPort, cidrIpv4 ?? cidrIpv6 ?? referencedSecurityGroupId ?? prefixListId].join(" ");
    });
    const http = [80, 443].flatMap((port) => [`${port} 0.0.0.0/0`, `${port} ::/0`]);
    const ssh = ["203.0.113.0/24", "2001:db8::/48", "sg-0a1", "pl-0b2"].map((from) => `2222 ${from}`);
    expect(open.sort()).toEqual([...ssh, ...http].sort());
    expect(web.named("web-ssh-sg-0a1").inputs).toHaveProperty("referencedSecurityGroupId", "sg-0a1");
    expect(web.made("aws:ec2/securityGroup:SecurityGroup")[0]?.inputs).not.toHaveProperty("ingress");
  });

  it("keeps its image and its user data, and is replaced with its card; followed, the image replaces it", async () => {
    await web.make({ ec2: ec2({ userData: "#!/bin/sh\n" }) });
    expect(web.named("web-machine")).toMatchObject({
      ignoreChanges: ["ami", "keyName", "userData"],
      replaceOnChanges: ["launchTemplate"],
      replacementTrigger: "/aws/service/debian/release/12/latest/arm64", // another family, another architecture
      deleteBeforeReplace: false,
      inputs: { userData: "#!/bin/sh\n", userDataReplaceOnChange: true },
    });
    registered.length = 0;
    await web.make({ ec2: ec2({ followImage: true, ami: "ami-0c3" }) });
    expect(web.named("web-machine")).toMatchObject({ ignoreChanges: [], inputs: { ami: "ami-0c3" } });
  });

  it("is tuned once it is ready, by its id, with the key that was seen first", async () => {
    const { address, instanceId } = await web.make({ ec2: ec2() });
    expect(await valueOf(address)).toBe("198.51.100.7");
    expect(await valueOf(instanceId)).toBe("web-machine-id");
    for (const step of web.steps) {
      expect(step.replacementTrigger).toBe("web-machine-id");
      expect(step.inputs).not.toHaveProperty("delete"); // it goes away with its tuning
      expect(step.deletedWith).toMatch(/Instance::web-machine$/);
      expect(step.deleteBeforeReplace).toBe(true);
    }
    const ssh = plain(web.named("web-kernel").inputs["connection"]) as Record<string, unknown>;
    expect(ssh).toMatchObject({
      host: "198.51.100.7",
      port: 22,
      user: "admin",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFirstSight",
      perDialTimeout: 9,
    });
    expect(plain(ssh["privateKey"])).toBe(KEY);
    expect(web.named("web-host").dependencies).toEqual(
      expect.arrayContaining([expect.stringMatching(/Command::web-first-boot$/)]),
    );
  });

  it("is trusted at first sight alone, and waited for as long as it may take to boot", async () => {
    await web.make({ ec2: ec2({ bootTimeout: 900 }) });
    const first = web.named("web-host-key");
    expect(first.inputs).toMatchObject({
      create: "cat /etc/ssh/ssh_host_ed25519_key.pub",
      triggers: ["web-machine-id"],
      addPreviousOutputInEnv: false,
    });
    expect(first.inputs).not.toHaveProperty("delete");
    const ssh = plain(first.inputs["connection"]) as Record<string, number>;
    expect(ssh).not.toHaveProperty("hostKey");
    expect((ssh["dialErrorLimit"] ?? 0) * (ssh["perDialTimeout"] ?? 0)).toBeGreaterThan(500);
    expect(first.ignoreChanges).toEqual(["connection", "create"]); // and so never asked again
    expect(plain(web.named("web-first-boot").inputs["connection"])).toHaveProperty("hostKey");
  });

  it("is reached through a bastion at its private address, and has no public one then", async () => {
    const proxy = { host: "bastion", user: "jump", agentSocketPath: "/run/agent", hostKey: HOST_KEY };
    await web.make({ ec2: ec2({ proxy, subnetId: "subnet-0a1", securityGroupIds: ["sg-0b2"] }) });
    expect(plain(web.named("web-kernel").inputs["connection"])).toMatchObject({
      host: "10.0.0.7",
      proxy: { host: "bastion", user: "jump" },
    });
    const [card] = web.named("web-card").inputs["networkInterfaces"] as Record<string, unknown>[];
    expect(card).toMatchObject({ subnetId: "subnet-0a1", securityGroups: ["web-group-id", "sg-0b2"] });
    expect(card).toHaveProperty("associatePublicIpAddress", "false");
    expect(web.named("web-group").inputs["vpcId"]).toBe("vpc of subnet-0a1");
  });

  it("has an elastic address where it is asked for, a profile and a key pair of one's own, and tags", async () => {
    const tags = { team: "shop" };
    const given: Partial<Ec2HostArgs> = {
      elasticIp: true,
      instanceProfile: "mine",
      publicKey: undefined,
      keyName: "ours",
      tags,
    };
    const { address } = await web.make({ ec2: ec2(given) });
    expect(await valueOf(address)).toBe("198.51.100.99");
    expect(web.named("web-address").inputs).toEqual({
      domain: "vpc",
      instance: "web-machine-id",
      tags: { Name: "web", team: "shop" },
    });
    expect(plain(web.named("web-kernel").inputs["connection"])).toMatchObject({ host: "198.51.100.99" });
    expect(web.named("web-machine").inputs).toMatchObject({ iamInstanceProfile: "mine", keyName: "ours" });
    expect([web.made("aws:iam/role:Role"), web.made("aws:ec2/keyPair:KeyPair")]).toEqual([[], []]);
    for (const { type, inputs } of registered.filter(({ type }) => /^aws:(ec2|vpc)/.test(type)))
      expect([type, inputs["tags"]]).toEqual([type, { Name: "web", team: "shop" }]);
  });

  it("has the values that are known, and shows those that are not secret, whatever the others are", async () => {
    await start(true);
    const subnetId = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
    const userData = pulumi.secret("#!/bin/sh");
    new TunedHost("web", { tier: "10k", ec2: ec2({ subnetId, userData, user: "me" }) });
    await settle();
    expect(web.named("web-machine").inputs).toMatchObject({
      instanceType: "c8g.4xlarge",
      tags: { Name: "web" },
    });
    expect(web.named("web-kernel").inputs["create"]).toBe(
      "sudo -n /var/lib/heavyload/bin/heavyload apply kernel",
    );
  });

  it("takes null for what is not given, and a source that is given twice once", async () => {
    const nothing = {
      webFrom: null,
      proxy: null,
      keyName: null,
      subnetId: null,
      ami: null,
      instanceProfile: null,
    };
    const given = { ...ec2({ sshFrom: ["sg-0a1", "sg-0a1"] }), ...nothing } as unknown as Ec2HostArgs;
    await web.make({ ec2: given });
    expect(web.named("web-machine").inputs).toMatchObject({
      keyName: "web-key",
      iamInstanceProfile: "web-profile",
    });
    expect(registered.filter(({ name }) => name.startsWith("web-ssh-"))).toHaveLength(1);
    expect(plain(web.named("web-kernel").inputs["connection"])).toMatchObject({ host: "198.51.100.7" });
  });

  it("plans its tuning completely before it is there", async () => {
    await start(true);
    new TunedHost("web", { tier: "10k", ec2: ec2() });
    await settle();
    expect(web.named("web-kernel").inputs["stdin"]).toContain("net.core.somaxconn: at least 16384");
    expect(web.named("web-kernel").inputs["create"]).toBe(
      "sudo -n /var/lib/heavyload/bin/heavyload apply kernel",
    );
  });

  it("shows its key to nobody", async () => {
    await web.make({ ec2: ec2() });
    for (const { inputs } of registered) {
      const shown = JSON.stringify(inputs, (_, value: unknown) =>
        typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value
          ? "secret"
          : value,
      );
      expect(shown).not.toContain("c2VjcmV0");
    }
  });
});
