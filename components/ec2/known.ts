import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_PORT } from "../steps/connection";
import type { Ec2HostArgs } from "../args/ec2Host";
import { ec2HostProblems } from "../checks/ec2Host";
import { holdsLater } from "../checks/later";
import { refuse } from "../checks/refuse";
import { DEFAULT_FAMILY, familyOf, reservationOf } from "./families";
import { architectureOf } from "./instanceType";

const DISK_GIB = 20;
/** Above tcp_keepalive_time, which every tier sets to 300. */
const CONNECTION_TRACKING_SECONDS = 350;
const BOOT_TIMEOUT = 600;

type Values = pulumi.Unwrap<Ec2HostArgs>;

/**
 * What was given of a machine, with the defaults in the gaps. Each value by itself: one that comes later, or that is
 * secret, makes no other one so.
 */
export function knownOf(name: string, args: Ec2HostArgs) {
  /** An argument, checked as soon as it is known. */
  function value<K extends keyof Values>(key: K): pulumi.Output<Values[K]> {
    const given: pulumi.Input<unknown> = args[key];
    const later: pulumi.Output<unknown> = pulumi.output(given);
    return later.apply((known) => {
      if (holdsLater(given)) refuse(`Ec2Host ${name}`, ec2HostProblems({ ...args, [key]: known }, {}, ""));
      return known as Values[K];
    });
  }
  const image = value("image").apply((given) => given ?? DEFAULT_FAMILY);
  const family = image.apply(familyOf);
  const instanceType = value("instanceType");
  return {
    value,
    family,
    instanceType,
    /** What a person should know of the family. */
    reservation: image.apply(reservationOf),
    /** The SSM parameter of the family's newest image for this type of machine. */
    parameter: pulumi
      .all([family, instanceType])
      .apply(([known, type]) => known.parameter(architectureOf(type))),
    user: pulumi.all([value("user"), family]).apply(([user, known]) => user ?? known.user),
    sshPort: value("sshPort").apply((port) => port ?? DEFAULT_PORT),
    securityGroupIds: value("securityGroupIds").apply((ids) => ids ?? []),
    diskGiB: value("diskGiB").apply((size) => size ?? DISK_GIB),
    connectionTrackingSeconds: value("connectionTrackingSeconds").apply(
      (seconds) => seconds ?? CONNECTION_TRACKING_SECONDS,
    ),
    bootTimeout: value("bootTimeout").apply((seconds) => seconds ?? BOOT_TIMEOUT),
    tags: value("tags").apply((tags): Record<string, string> => ({ Name: name, ...tags })),
  };
}

export type Known = ReturnType<typeof knownOf>;
