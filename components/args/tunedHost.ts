import type * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection";
import type { Ec2HostArgs } from "./ec2Host";
import type { OwnHostArgs, TuningArgs } from "./tuning";

/** Which host: exactly one of the two. */
export interface HostArgs {
  /** A machine on EC2 that is made. Either this or `existing`. */
  ec2?: Ec2HostArgs;
  /** How SSH reaches a host that is there already. Either this or `ec2`. */
  existing?: pulumi.Input<ConnectionArgs>;
}

/** What TunedHost is told: which host, and the load. */
export interface TunedHostArgs extends HostArgs, TuningArgs, OwnHostArgs {}
