import type * as pulumi from "@pulumi/pulumi";
import { DEFAULT_PORT } from "../connection";
import type { Ec2HostArgs } from "../ec2HostArgs";
import { DEFAULT_FAMILY, familyOf, type Family } from "./families";
import { architectureOf } from "./instanceType";

/** What was given of a machine, with the defaults in the gaps. */
export interface Known {
  readonly instanceType: string;
  readonly family: Family;
  /** The SSM parameter of the family's newest image for this type of machine. */
  readonly parameter: string;
  readonly user: string;
  readonly sshPort: number;
  readonly securityGroupIds: readonly string[];
  readonly diskGiB: number;
  readonly connectionTrackingSeconds: number;
  readonly bootTimeout: number;
  readonly tags: Readonly<Record<string, string>>;
}

const DISK_GIB = 20;
/** Above tcp_keepalive_time, which every tier sets to 300. */
const CONNECTION_TRACKING_SECONDS = 350;
const BOOT_TIMEOUT = 600;

export type GivenValues = pulumi.Unwrap<Omit<Ec2HostArgs, "privateKey" | "agentSocketPath" | "proxy">>;

export function withDefaults(name: string, given: GivenValues): Known {
  const family = familyOf(given.image ?? DEFAULT_FAMILY);
  return {
    instanceType: given.instanceType,
    family,
    parameter: family.parameter(architectureOf(given.instanceType)),
    user: given.user ?? family.user,
    sshPort: given.sshPort ?? DEFAULT_PORT,
    securityGroupIds: given.securityGroupIds ?? [],
    diskGiB: given.diskGiB ?? DISK_GIB,
    connectionTrackingSeconds: given.connectionTrackingSeconds ?? CONNECTION_TRACKING_SECONDS,
    bootTimeout: given.bootTimeout ?? BOOT_TIMEOUT,
    tags: { Name: name, ...given.tags },
  };
}
