import * as pulumi from "@pulumi/pulumi";
import type { Aws } from "./aws";
import type { Known } from "./known";
import { EVERYWHERE, sourceOf } from "./source";

/** What is in the way of packets. */
interface Network {
  readonly known: Known;
  /** Absent: of the default VPC. */
  readonly subnetId: pulumi.Output<string> | undefined;
  readonly sshFrom: readonly string[];
  readonly webFrom: readonly string[];
  /** Whether the machine gets a public address, whatever its subnet would give it. */
  readonly isPublic: boolean;
}

/** IMDSv2 alone, with one hop: what a container or a proxy of the machine's asks does not get there. */
export const METADATA = { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 };

const unique = (sources: readonly string[]): string[] => [...new Set(sources)];

const HTTP = 80;
const HTTPS = 443;

/** Who may connect, as rules that are resources of their own: inline ones would undo those of others. */
export function securityGroup(aws: Aws, name: string, network: Network, opts: pulumi.CustomResourceOptions) {
  const { known, subnetId, sshFrom, webFrom } = network;
  const tags = known.tags;
  const subnet = subnetId === undefined ? undefined : aws.ec2.getSubnetOutput({ id: subnetId }, opts);
  const description = `heavyload: ${name}`;
  const group = new aws.ec2.SecurityGroup(`${name}-group`, { description, vpcId: subnet?.vpcId, tags }, opts);
  const rules = [
    ...unique(sshFrom).map((from) => ({ from, role: "ssh", port: known.sshPort })),
    ...unique(webFrom).flatMap((from) => [
      { from, role: "http", port: HTTP },
      { from, role: "https", port: HTTPS },
    ]),
  ];
  for (const { from, role, port } of rules)
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-${role}-${from.replace("/", "-")}`,
      { securityGroupId: group.id, ...sourceOf(from), ipProtocol: "tcp", fromPort: port, toPort: port, tags },
      opts,
    );
  letOut(aws, name, group.id, tags, opts);
  return group;
}

/** Everything that machines of a group begin themselves. */
export function letOut(
  aws: Aws,
  name: string,
  securityGroupId: pulumi.Input<string>,
  tags: Known["tags"],
  opts: pulumi.CustomResourceOptions,
): void {
  for (const to of EVERYWHERE)
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-out-${to.replace("/", "-")}`,
      { securityGroupId, ...sourceOf(to), ipProtocol: "-1", tags },
      opts,
    );
}

/** The machine's card. Only a launch template can say how long its security groups remember a connection. */
export function launchTemplate(
  aws: Aws,
  name: string,
  network: Network,
  groupId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
) {
  const { known, subnetId, isPublic } = network;
  return new aws.ec2.LaunchTemplate(
    `${name}-card`,
    {
      networkInterfaces: [
        {
          deviceIndex: 0,
          subnetId,
          securityGroups: pulumi
            .all([groupId, known.securityGroupIds])
            .apply(([own, more]) => [own, ...more]),
          associatePublicIpAddress: String(isPublic),
          deleteOnTermination: "true",
          connectionTrackingSpecification: { tcpEstablishedTimeout: known.connectionTrackingSeconds },
        },
      ],
      tags: known.tags,
    },
    opts,
  );
}
