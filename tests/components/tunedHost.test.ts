import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { TunedHost, type Ec2HostArgs, type TunedHostArgs } from "../../components";
import { connection, ec2, HOST_KEY, KEY } from "./arguments";
import { settle, startEngine, valueOf, type Registered } from "./engine";

const COMMAND = "command:remote:Command";

let registered: Registered[];
beforeEach(async () => {
  registered = await startEngine();
});
afterEach(settle);

async function tuned(
  args: Partial<TunedHostArgs>,
  opts?: pulumi.ComponentResourceOptions,
): Promise<TunedHost> {
  const host = new TunedHost("web", { tier: "10k", ...args }, opts);
  await valueOf(host.summary);
  await settle();
  return host;
}

const made = (type: string) => registered.filter((resource) => resource.type === type);
const named = (name: string): Registered => {
  const found = registered.find(
    (resource) => resource.name === name && resource.type !== "heavyload:index:TunedHost",
  );
  if (!found) throw new Error(`nothing registered ${name}`);
  return found;
};
const steps = () => made(COMMAND).filter(({ parent }) => parent.endsWith("$heavyload:index:HostTuning::web"));
const plain = (value: unknown) =>
  typeof value === "object" && value !== null && "value" in value ? value.value : value;

describe("an existing host", () => {
  it("is tuned as by HostTuning, under the same owner's name", async () => {
    const { address, instanceId, report } = await tuned({ existing: connection() });
    expect(await valueOf(address)).toBe("192.0.2.7");
    expect(await valueOf(instanceId)).toBeUndefined();
    expect(await valueOf(report)).toMatchObject({ tier: "10k" });
    expect(steps().map(({ name }) => name)).toEqual(
      ["host", "kernel", "limits", "gunicorn", "nginx", "report"].map((step) => `web-${step}`),
    );
    expect(named("web-kernel").inputs["stdin"]).toContain("stack: project/stack/web\n");
    expect(named("web-kernel").inputs["delete"]).toContain("heavyload restore kernel");
  });

  it("takes over what a HostTuning of the same name had at the top of the program", async () => {
    await tuned({ existing: connection() });
    const [tuning] = made("heavyload:index:HostTuning");
    expect(tuning?.parent).toMatch(/heavyload:index:TunedHost::web$/);
    expect(tuning?.aliases).toEqual(["none"]);
  });

  it("hands `dependsOn` and `deletedWith` on to what has an effect on the host", async () => {
    const other = new pulumi.Stash("other", { input: 1 });
    const urn = await valueOf(other.urn);
    await tuned({ existing: connection() }, { dependsOn: [other], deletedWith: other });
    expect(named("web-host").dependencies).toContain(urn);
    expect(steps().map(({ deletedWith }) => deletedWith)).toEqual(Array(6).fill(urn));
  });

  it("shows its address and its steps where the connection comes as a secret as a whole", async () => {
    const { address } = await tuned({ existing: pulumi.secret(connection()) });
    expect(await (address as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(false);
    expect(named("web-kernel").inputs).toMatchObject({
      create: "sudo -n /var/lib/heavyload/bin/heavyload apply kernel",
      triggers: ["192.0.2.7:22"],
    });
    expect(JSON.stringify(named("web-kernel").inputs["connection"])).toContain(
      "1b47061264138c4ac30d75fd1eb44270",
    );
  });

  it("keeps the key secret in its own inputs", async () => {
    await tuned({ existing: connection() });
    const own = registered.find(({ type }) => type === "heavyload:index:TunedHost")?.inputs["existing"];
    expect(JSON.stringify(own)).toContain("1b47061264138c4ac30d75fd1eb44270");
    expect((own as Record<string, unknown>)["host"]).toBe("192.0.2.7");
  });
});

describe("a machine on EC2", () => {
  it("is made with its resources under it, by names that say what they are for", async () => {
    await tuned({ ec2: ec2() });
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
    await tuned({ ec2: ec2() });
    expect(named("web-machine").inputs).toMatchObject({
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
    expect(named("web-card").inputs["networkInterfaces"]).toEqual([
      {
        deviceIndex: 0,
        securityGroups: ["web-group-id"],
        associatePublicIpAddress: "true",
        deleteOnTermination: "true",
        connectionTrackingSpecification: { tcpEstablishedTimeout: 350 },
      },
    ]);
    expect(named("web-ssm").inputs).toEqual({
      role: "web-role",
      policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    });
    expect(JSON.parse(String(named("web-role").inputs["assumeRolePolicy"]))).toMatchObject({
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" } }],
    });
  });

  it("lets SSH in from where it is told, and the web from everywhere", async () => {
    await tuned({
      ec2: ec2({ sshFrom: ["203.0.113.0/24", "2001:db8::/48", "sg-0a1", "pl-0b2"], sshPort: 2222 }),
    });
    const rules = made("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(
      ({ inputs }) => inputs,
    );
    const open = rules.map(({ fromPort, toPort, ipProtocol, ...rest }) => {
      expect([toPort, ipProtocol, rest["securityGroupId"]]).toEqual([fromPort, "tcp", "web-group-id"]);
      const { cidrIpv4, cidrIpv6, referencedSecurityGroupId, prefixListId } = rest;
      return [fromPort, cidrIpv4 ?? cidrIpv6 ?? referencedSecurityGroupId ?? prefixListId].join(" ");
    });
    const web = [80, 443].flatMap((port) => [`${port} 0.0.0.0/0`, `${port} ::/0`]);
    const ssh = ["203.0.113.0/24", "2001:db8::/48", "sg-0a1", "pl-0b2"].map((from) => `2222 ${from}`);
    expect(open.sort()).toEqual([...ssh, ...web].sort());
    expect(named("web-ssh-sg-0a1").inputs).toHaveProperty("referencedSecurityGroupId", "sg-0a1");
    expect(made("aws:ec2/securityGroup:SecurityGroup")[0]?.inputs).not.toHaveProperty("ingress");
  });

  it("keeps its image and its user data, and is replaced with its card; followed, the image replaces it", async () => {
    await tuned({ ec2: ec2({ userData: "#!/bin/sh\n" }) });
    expect(named("web-machine")).toMatchObject({
      ignoreChanges: ["ami", "keyName", "userData"],
      replaceOnChanges: ["launchTemplate"],
      replacementTrigger: "/aws/service/debian/release/12/latest/arm64", // another family, another architecture
      deleteBeforeReplace: false,
      inputs: { userData: "#!/bin/sh\n", userDataReplaceOnChange: true },
    });
    registered.length = 0;
    await tuned({ ec2: ec2({ followImage: true, ami: "ami-0c3" }) });
    expect(named("web-machine")).toMatchObject({ ignoreChanges: [], inputs: { ami: "ami-0c3" } });
  });

  it("is tuned once it is ready, by its id, with the key that was seen first", async () => {
    const { address, instanceId } = await tuned({ ec2: ec2() });
    expect(await valueOf(address)).toBe("198.51.100.7");
    expect(await valueOf(instanceId)).toBe("web-machine-id");
    for (const step of steps()) {
      expect(step.inputs["triggers"]).toEqual(["web-machine-id"]);
      expect(step.inputs).not.toHaveProperty("delete"); // it goes away with its tuning
      expect(step.deletedWith).toMatch(/Instance::web-machine$/);
      expect(step.deleteBeforeReplace).toBe(true);
    }
    const ssh = plain(named("web-kernel").inputs["connection"]) as Record<string, unknown>;
    expect(ssh).toMatchObject({
      host: "198.51.100.7",
      port: 22,
      user: "admin",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFirstSight",
      perDialTimeout: 9,
    });
    expect(plain(ssh["privateKey"])).toBe(KEY);
    expect(named("web-host").dependencies).toEqual(
      expect.arrayContaining([expect.stringMatching(/Command::web-first-boot$/)]),
    );
  });

  it("is trusted at first sight alone, and waited for as long as it may take to boot", async () => {
    await tuned({ ec2: ec2({ bootTimeout: 900 }) });
    const first = named("web-host-key");
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
    expect(plain(named("web-first-boot").inputs["connection"])).toHaveProperty("hostKey");
  });

  it.each([
    [
      "debian-12",
      "admin",
      "debian/release/12/latest/arm64",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "debian-13",
      "admin",
      "debian/release/13/latest/arm64",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "ubuntu-22.04",
      "ubuntu",
      "canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "ubuntu-24.04",
      "ubuntu",
      "canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "ubuntu-26.04",
      "ubuntu",
      "canonical/ubuntu/server/26.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "al2023",
      "ec2-user",
      "ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
      "dnf - nginx=nginx pip3=python3-pip",
    ],
  ])("follows the family %s: user %s", async (image, user, parameter, packages) => {
    await tuned({ ec2: ec2({ image, allowUntested: true }) });
    expect(named("web-machine").inputs["ami"]).toBe(`ami of /aws/service/${parameter}`);
    expect(plain(named("web-kernel").inputs["connection"])).toMatchObject({ user });
    expect(named("web-kernel").inputs["create"]).toMatch(/^sudo -n /);
    expect(named("web-host").inputs["stdin"]).toContain("\nallow-untested: true\n");
    expect(named("web-first-boot").inputs["create"]).toBe(`sudo -n sh -s -- ${packages}`);
    expect(named("web-first-boot").inputs["stdin"]).toMatch(/^#!\/bin\/sh\n/);
  });

  it("takes an image for x86_64 where the type is one", async () => {
    await tuned({ ec2: ec2({ instanceType: "m7i-flex.large", image: "al2023" }), allowUntested: true });
    expect(named("web-machine").inputs["ami"]).toBe(
      "ami of /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    );
  });

  it("is reached through a bastion at its private address, and has no public one then", async () => {
    const proxy = { host: "bastion", user: "jump", agentSocketPath: "/run/agent", hostKey: HOST_KEY };
    await tuned({ ec2: ec2({ proxy, subnetId: "subnet-0a1", securityGroupIds: ["sg-0b2"] }) });
    expect(plain(named("web-kernel").inputs["connection"])).toMatchObject({
      host: "10.0.0.7",
      proxy: { host: "bastion", user: "jump" },
    });
    const [card] = named("web-card").inputs["networkInterfaces"] as Record<string, unknown>[];
    expect(card).toMatchObject({ subnetId: "subnet-0a1", securityGroups: ["web-group-id", "sg-0b2"] });
    expect(card).toHaveProperty("associatePublicIpAddress", "false");
    expect(named("web-group").inputs["vpcId"]).toBe("vpc of subnet-0a1");
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
    const { address } = await tuned({ ec2: ec2(given) });
    expect(await valueOf(address)).toBe("198.51.100.99");
    expect(named("web-address").inputs).toEqual({
      domain: "vpc",
      instance: "web-machine-id",
      tags: { Name: "web", team: "shop" },
    });
    expect(plain(named("web-kernel").inputs["connection"])).toMatchObject({ host: "198.51.100.99" });
    expect(named("web-machine").inputs).toMatchObject({ iamInstanceProfile: "mine", keyName: "ours" });
    expect([made("aws:iam/role:Role"), made("aws:ec2/keyPair:KeyPair")]).toEqual([[], []]);
    for (const { type, inputs } of registered.filter(({ type }) => /^aws:(ec2|vpc)/.test(type)))
      expect([type, inputs["tags"]]).toEqual([type, { Name: "web", team: "shop" }]);
  });

  it("has the values that are known, and shows those that are not secret, whatever the others are", async () => {
    registered = await startEngine(true);
    const subnetId = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
    const userData = pulumi.secret("#!/bin/sh");
    new TunedHost("web", { tier: "10k", ec2: ec2({ subnetId, userData, user: "me" }) });
    await settle();
    expect(named("web-machine").inputs).toMatchObject({ instanceType: "c8g.4xlarge", tags: { Name: "web" } });
    expect(named("web-kernel").inputs["create"]).toBe(
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
    await tuned({ ec2: given });
    expect(named("web-machine").inputs).toMatchObject({
      keyName: "web-key",
      iamInstanceProfile: "web-profile",
    });
    expect(registered.filter(({ name }) => name.startsWith("web-ssh-"))).toHaveLength(1);
    expect(plain(named("web-kernel").inputs["connection"])).toMatchObject({ host: "198.51.100.7" });
  });

  it("plans its tuning completely before it is there", async () => {
    registered = await startEngine(true);
    new TunedHost("web", { tier: "10k", ec2: ec2() });
    await settle();
    expect(named("web-kernel").inputs["stdin"]).toContain("net.core.somaxconn: at least 16384");
    expect(named("web-kernel").inputs["create"]).toBe(
      "sudo -n /var/lib/heavyload/bin/heavyload apply kernel",
    );
  });

  it("shows its key to nobody", async () => {
    await tuned({ ec2: ec2() });
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
