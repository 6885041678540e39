import * as pulumi from "@pulumi/pulumi";
import type { Aws } from "../ec2/aws";
import { letOut } from "../ec2/network";
import { sourceOf } from "../ec2/source";

/** Where visitors come in. */
export const HTTP = 80;
export const HTTPS = 443;

/** Where a fleet lies. */
export interface Place {
  readonly vpcId: pulumi.Output<string>;
  readonly subnetIds: pulumi.Output<string[]>;
}

/** Of the subnets given, or of the default VPC. */
export function placeOf(
  aws: Aws,
  given: pulumi.Input<pulumi.Input<string>[]> | undefined,
  opts: pulumi.InvokeOptions,
): Place {
  if (given !== undefined) {
    const subnetIds = pulumi.output(given);
    const id = subnetIds.apply(([first = ""]) => first);
    return { subnetIds, vpcId: aws.ec2.getSubnetOutput({ id }, opts).vpcId };
  }
  const vpcId = aws.ec2.getVpcOutput({ default: true }, opts).id;
  const filters = [
    { name: "vpc-id", values: [vpcId] },
    { name: "default-for-az", values: ["true"] },
  ];
  return { vpcId, subnetIds: aws.ec2.getSubnetsOutput({ filters }, opts).ids };
}

interface Groups {
  readonly place: Place;
  readonly webFrom: readonly string[];
  /** Of the balancer. */
  readonly listens: readonly number[];
  /** Of a host: where visitors come in, and where the balancer asks whether it is ready. */
  readonly ports: readonly number[];
  readonly tags: pulumi.Output<Record<string, string>>;
}

/** Visitors reach the balancer alone, and the balancer alone reaches the hosts. */
export function securityGroups(
  aws: Aws,
  name: string,
  { place, webFrom, listens, ports, tags }: Groups,
  opts: pulumi.CustomResourceOptions,
) {
  const group = (role: string) =>
    new aws.ec2.SecurityGroup(
      `${name}-${role}`,
      { description: `heavyload: ${name}, ${role}`, vpcId: place.vpcId, tags },
      opts,
    );
  const [balancer, hosts] = [group("balancer"), group("hosts")];
  for (const from of new Set(webFrom))
    for (const port of listens)
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-visitors-${port}-${from.replace("/", "-")}`,
        { securityGroupId: balancer.id, ...sourceOf(from), ...only(port), tags },
        opts,
      );
  for (const port of ports) {
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-to-hosts-${port}`,
      { securityGroupId: balancer.id, referencedSecurityGroupId: hosts.id, ...only(port), tags },
      opts,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-balancer-${port}`,
      { securityGroupId: hosts.id, referencedSecurityGroupId: balancer.id, ...only(port), tags },
      opts,
    );
  }
  letOut(aws, `${name}-hosts`, hosts.id, tags, opts);
  return { balancer, hosts };
}

const only = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });
