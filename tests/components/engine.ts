import * as pulumi from "@pulumi/pulumi";
import { hostLine, settingLine } from "./reportLines";

/** What a program registered, as it came over the wire: secrets and options included. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly hideDiffs: readonly string[];
  readonly deletedWith: string;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly replacementTrigger: unknown;
  /** URNs of the parents that it may have had before; `none`: no parent. */
  readonly aliases: readonly string[];
  /** Inputs as the engine gets them. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getDeletebeforereplace(): boolean;
  getHidediffsList(): string[];
  getDeletedwith(): string;
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
  getAliasesList(): { getSpec(): { getParenturn(): string; getNoparent(): boolean } | undefined }[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

/** What the first `up` of a state has put into its stash. */
export const DRAWN = "5f0c1a52-0000-4000-8000-000000000000";

const HOST_KEY_LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFirstSight root@ip-10-0-0-7\n";

type Fields = Readonly<Record<string, unknown>>;

/** What the resources of a kind come out with, beside their inputs. Kinds that are not here are refused. */
const OUTPUTS: Readonly<Record<string, (name: string, inputs: Fields) => Fields>> = {
  "pulumi:pulumi:Stack": () => ({}),
  "heavyload:index:HostTuning": () => ({}),
  "heavyload:index:Ec2Host": () => ({}),
  "heavyload:index:TunedHost": () => ({}),
  "heavyload:index:TunedHosts": () => ({}),
  "heavyload:index:TunedFleet": () => ({}),
  "command:remote:Command": (name) => ({ stdout: stdoutOf(name), stderr: "" }),
  "command:local:Command": (_, { environment }) => ({
    stdout: `1 ${(environment as { SEALED: string }).SEALED}`,
    stderr: "",
  }),
  "pulumi:index:Stash": () => ({ output: DRAWN }),
  "aws:ec2/securityGroup:SecurityGroup": () => ({}),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": () => ({}),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": () => ({}),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 3 }),
  "aws:ec2/keyPair:KeyPair": (name) => ({ keyName: name }),
  "aws:iam/role:Role": (name) => ({ name }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": () => ({}),
  "aws:iam/instanceProfile:InstanceProfile": (name) => ({ name }),
  "aws:ec2/instance:Instance": () => ({ publicIp: "198.51.100.7", privateIp: "10.0.0.7" }),
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": () => ({}),
  "aws:ec2/amiFromInstance:AmiFromInstance": () => ({}),
  "aws:lb/loadBalancer:LoadBalancer": (name) => ({
    arn: `arn of ${name}`,
    arnSuffix: `app/${name}`,
    dnsName: `${name}.elb.example`,
  }),
  "aws:lb/targetGroup:TargetGroup": (name) => ({ arn: `arn of ${name}`, arnSuffix: `targetgroup/${name}` }),
  "aws:lb/listener:Listener": () => ({}),
  "aws:autoscaling/group:Group": (name) => ({ name }),
  "aws:autoscaling/policy:Policy": () => ({}),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (name) => ({ name }),
  "aws:ec2/eip:Eip": () => ({ publicIp: "198.51.100.99" }),
};

const CALLS: Readonly<Record<string, (inputs: Fields) => Fields>> = {
  "aws:ssm/getParameter:getParameter": ({ name }) => ({ insecureValue: `ami of ${String(name)}` }),
  "aws:ec2/getSubnet:getSubnet": ({ id }) => ({ vpcId: `vpc of ${String(id)}` }),
  "aws:ec2/getVpc:getVpc": () => ({ id: "the default vpc" }),
  "aws:ec2/getSubnets:getSubnets": () => ({ ids: ["subnet-0a", "subnet-0b"] }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
};

function stdoutOf(name: string): string {
  if (name.endsWith("-host-key")) return HOST_KEY_LINE;
  return name.endsWith("-report") ? `${hostLine()}\n${settingLine()}\n` : "";
}

/**
 * An engine of mocks: answers the resources that the components are made of, refuses every other one, and notes what a
 * program registers. `newResource` never sees options, hence the wrapped monitor.
 */
export async function startEngine(preview = false): Promise<Registered[]> {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => {
      const outputs = OUTPUTS[type];
      if (!outputs) throw new Error(`the mock engine knows no ${type}`);
      // As from the real engine: in a preview nobody knows what will come out, but for its own stash.
      if (preview && !type.startsWith("heavyload:") && !type.startsWith("pulumi:"))
        return { id: undefined as unknown as string, state: inputs as Fields };
      return { id: `${name}-id`, state: { ...(inputs as Fields), ...outputs(name, inputs as Fields) } };
    },
    call: ({ token, inputs }) => {
      const answer = CALLS[token];
      if (!answer) throw new Error(`the mock engine knows no function ${token}`);
      return answer(inputs as Fields);
    },
  };
  await pulumi.runtime.setMocks(mocks, "project", "stack", preview);
  const registered: Registered[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: Request, callback: unknown) => void;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    registered.push(read(request));
    register(request, callback);
  };
  return registered;
}

const read = (request: Request): Registered => ({
  type: request.getType(),
  name: request.getName(),
  parent: request.getParent(),
  dependencies: request.getDependenciesList(),
  deleteBeforeReplace: request.getDeletebeforereplace(),
  hideDiffs: request.getHidediffsList(),
  deletedWith: request.getDeletedwith(),
  ignoreChanges: request.getIgnorechangesList(),
  replaceOnChanges: request.getReplaceonchangesList(),
  replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
  aliases: request
    .getAliasesList()
    .map((alias) => (alias.getSpec()?.getNoparent() ? "none" : (alias.getSpec()?.getParenturn() ?? ""))),
  inputs: request.getObject().toJavaScript(),
});

/** The value of an output; a rejection or ten seconds of silence fail the test instead of letting it hang. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  const promise = (output as unknown as { promise(): Promise<T> }).promise();
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("the output has no value after ten seconds")), 10_000).unref();
  });
  return Promise.race([promise, late]);
}

/** Waits until everything that a program began is registered. */
export const settle = (): Promise<void> =>
  (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();

/** What is inside of a secret on the wire. */
export const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "value" in value ? value.value : value;
