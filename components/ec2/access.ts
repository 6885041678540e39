import * as pulumi from "@pulumi/pulumi";
import type { Ec2HostArgs } from "../args/ec2Host";
import type { Aws } from "./aws";
import type { Known } from "./known";

/** What AWS lets the machine do: nothing but talk to Systems Manager, which opens a shell where SSH cannot. */
const POLICY = "AmazonSSMManagedInstanceCore";
const MAY_BE_ASSUMED = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** The name of the machine's instance profile. */
export function instanceProfile(
  aws: Aws,
  name: string,
  { tags }: Known,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const role = new aws.iam.Role(`${name}-role`, { assumeRolePolicy: MAY_BE_ASSUMED, tags }, opts);
  const { partition } = aws.getPartitionOutput({}, opts);
  const policyArn = pulumi.interpolate`arn:${partition}:iam::aws:policy/${POLICY}`;
  new aws.iam.RolePolicyAttachment(`${name}-ssm`, { role: role.name, policyArn }, opts);
  return new aws.iam.InstanceProfile(`${name}-profile`, { role: role.name, tags }, opts).name;
}

/** The name of the key pair that the image lets in: of one that is there, or of one that is made. */
export function keyName(
  aws: Aws,
  name: string,
  given: Pick<Ec2HostArgs, "keyName">,
  { value, tags }: Known,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string | undefined> {
  if (given.keyName !== undefined) return value("keyName");
  const publicKey = value("publicKey").apply((key) => key ?? "");
  return new aws.ec2.KeyPair(`${name}-key`, { publicKey, tags }, opts).keyName;
}
