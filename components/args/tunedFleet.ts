import type * as pulumi from "@pulumi/pulumi";
import type { Ec2HostArgs } from "./ec2Host";
import type { TuningArgs } from "./tuning";

/**
 * What TunedFleet is told. `tier` or `capacity` is the load of the whole fleet; each host is tuned to its share. What decides
 * how many hosts there are, and how each is tuned, is known at once: no output of another resource.
 */
export interface TunedFleetArgs extends TuningArgs {
  /**
   * The machine that is tuned and proven, and of which the others are copies: of the same type, with the same card and
   * profile. SSH comes from `sshFrom` to it alone, visitors from `webFrom` to the balancer alone. It follows `ami`,
   * `userData` and the newest image of its family, unless `followImage` is false. `elasticIp` is not for it.
   */
  ec2: Ec2HostArgs;
  /**
   * `alb`, an Application Load Balancer, or `nlb`, a Network one, which lets every client's connection through.
   * Default: alb.
   */
  balancer?: string;
  /**
   * Hosts at the least. Range: 1 to 1000.
   * Default: as many as carry the load with their CPUs busy for 60 % of the time, and two.
   */
  minSize?: number;
  /**
   * Hosts at the most. Range: 1 to 1000.
   * Default: twice as many as carry the load, as far as the balancer's quota and `databaseConnections` let them.
   */
  maxSize?: number;
  /**
   * The certificate, of AWS's certificate manager, by which the balancer speaks TLS on port 443: `arn:aws:acm:…`. Port 80 of an
   * Application Load Balancer then sends visitors there; a Network one has none.
   * Default: none: HTTP on port 80.
   */
  certificateArn?: pulumi.Input<string>;
  /**
   * Subnets of the balancer and of the hosts, in two zones at least.
   * Default: those of the default VPC.
   */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * A balancer that is reached from within its VPC alone.
   * Default: false.
   */
  internal?: boolean;
}
