import * as pulumi from "@pulumi/pulumi";
import type { TunedFleetArgs } from "./args/tunedFleet";
import { checkTunedFleet, type CheckedFleet } from "./checks/fleet";
import { refuse } from "./checks/refuse";
import { loadAws } from "./ec2/aws";
import { knownOf } from "./ec2/known";
import { EVERYWHERE } from "./ec2/source";
import { listensOn, loadBalancer } from "./fleet/balancer";
import { balancerOf } from "./fleet/balancers";
import { autoScalingGroup } from "./fleet/group";
import { images } from "./fleet/images";
import { HTTP, placeOf, securityGroups } from "./fleet/network";
import { withSecrets } from "./steps/connection";
import { TunedHost } from "./tunedHost";
import { without, withoutNulls } from "./tuning/given";
import { READINESS_PORT, type Readiness } from "./tuning/readiness";
import type { Report } from "./tuning/report";

const TYPE = "heavyload:index:TunedFleet";

/** What no host is told. */
const OF_THE_WHOLE = [
  ...(["ec2", "balancer", "minSize", "maxSize", "certificateArn", "subnetIds", "internal"] as const),
  ...(["tier", "capacity"] as const),
] as const;

/**
 * As many hosts behind a load balancer of AWS's as a load takes: one machine is made, tuned and proven over SSH, an image is made
 * of it, and an Auto Scaling group boots copies, which get visitors once they have proven themselves. A change is made on the one
 * machine first, and then rolls through the group. Needs Pulumi's package for AWS, version 7, and Pulumi's CLI 3.211 or later.
 */
export class TunedFleet extends pulumi.ComponentResource {
  /** Where visitors come in: the balancer's name in DNS. */
  public readonly address!: pulumi.Output<string>;
  /** The image that hosts are made of. */
  public readonly imageId!: pulumi.Output<string>;
  /** The name of the Auto Scaling group. */
  public readonly groupName!: pulumi.Output<string>;
  /** What the machine has that the image is made of, setting by setting. */
  public readonly report!: pulumi.Output<Report>;
  /** The report as a text table. */
  public readonly summary!: pulumi.Output<string>;

  /**
   * @param name at most 24 letters, digits and hyphens
   * @param checked what came out where whoever makes it has checked the arguments already
   * @throws InputPropertiesError with everything that is wrong with the arguments
   */
  constructor(
    name: string,
    args: TunedFleetArgs,
    opts?: pulumi.ComponentResourceOptions,
    checked: CheckedFleet = checkTunedFleet(name, args),
  ) {
    refuse(`TunedFleet ${name}`, checked.problems);
    const { fleet } = checked;
    if (!fleet) throw new Error("unreachable: a fleet without a size was let through");
    super(TYPE, name, { ...args, ec2: withSecrets(args.ec2) }, opts);
    const aws = loadAws();
    const child: pulumi.CustomResourceOptions = { parent: this };
    const given = withoutNulls(args);
    const { ec2, subnetIds, certificateArn, internal = false } = given;
    const tuning = without(given, OF_THE_WHOLE);
    const { webFrom = EVERYWHERE, followImage = true, ...machine } = withoutNulls(ec2);
    const readiness = (tuning.readiness ?? {}) as Readiness; // known at once, as it was checked

    const subnet = subnetIds && {
      subnetId: machine.subnetId ?? pulumi.output(subnetIds).apply(([first = ""]) => first),
    };
    const builder = new TunedHost(
      `${name}-builder`,
      {
        ...tuning,
        capacity: { ...fleet.host.capacity },
        readiness,
        seal: true,
        ec2: { ...machine, ...subnet, webFrom: [], followImage },
      },
      { parent: this },
    );
    const known = knownOf(name, ec2);
    const { tags } = known;
    const imageId = images(aws, name, builder, tags, child);

    const kind = balancerOf(fleet.balancer);
    const place = placeOf(aws, subnetIds, child);
    const ports = { listens: listensOn(kind, certificateArn !== undefined), ports: [HTTP, READINESS_PORT] };
    const groups = securityGroups(aws, name, { place, webFrom, ...ports, tags }, child);
    const before = loadBalancer(
      aws,
      name,
      {
        kind,
        place,
        securityGroupId: groups.balancer.id,
        internal,
        certificateArn: certificateArn === undefined ? undefined : pulumi.output(certificateArn),
        idleSeconds: fleet.host.capacity.balancerIdleSeconds ?? kind.idleSeconds,
        tags,
      },
      child,
    );
    const group = autoScalingGroup(
      aws,
      name,
      {
        fleet,
        known,
        imageId,
        profile: builder.built.machine.profile,
        place,
        securityGroupId: groups.hosts.id,
        isPublic: machine.proxy === undefined,
        before,
        tags,
      },
      child,
    );

    // Whoever takes the address waits until there are hosts behind it.
    this.address = pulumi.all([before.balancer.dnsName, group.id]).apply(([address]) => address);
    this.imageId = imageId;
    this.groupName = group.name;
    this.report = builder.report;
    this.summary = builder.summary;
    const { address, groupName, report, summary } = this;
    this.registerOutputs({ address, imageId, groupName, report, summary });
  }
}
