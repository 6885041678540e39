import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { TunedHosts, type Ec2HostArgs } from "heavyload";

const config = new pulumi.Config();
// The load balancer is there already: its security group, and the target group that it sends requests to.
const balancer = config.require("balancerSecurityGroup");
const targetGroupArn = config.require("targetGroupArn");

const machine: Ec2HostArgs = {
  image: "debian-13",
  instanceType: "c8g.4xlarge",
  sshFrom: [config.require("sshFrom")],
  webFrom: [balancer],
  publicKey: config.require("publicKey"),
  privateKey: config.requireSecret("privateKey"),
  ami: config.require("ami"), // with the application on it
};
const subnets = config.requireObject<string[]>("subnets");
const names = ["web1", "web2", "web3"];

// The load of each. web1 is changed first; the others follow when it is proven, one at a time.
const shop = new TunedHosts("shop", {
  capacity: { connections: 20_000, requestsPerSecond: 800, tls: false, databaseHosts: names.length },
  hosts: Object.fromEntries(
    names.map((name, index) => [name, { ec2: { ...machine, subnetId: subnets[index % subnets.length] } }]),
  ),
  maxParallel: 1,
  tuning: {
    // Longer than the balancer's idle time-out of 60 seconds, so that nginx is never the one that hangs up.
    "nginx.keepalive_timeout": 75,
  },
});

for (const name of names)
  new aws.lb.TargetGroupAttachment(name, {
    targetGroupArn,
    // With the reports: a machine is not attached before it is proven.
    targetId: pulumi.all([shop.instanceIds, shop.reports]).apply(([ids]) => ids[name] ?? ""),
    port: 80,
  });

export const { addresses, summaries } = shop;
