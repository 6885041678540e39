import * as pulumi from "@pulumi/pulumi";
import type { Aws } from "../ec2/aws";
import type { Known } from "../ec2/known";
import { METADATA } from "../ec2/network";
import type { loadBalancer } from "./balancer";
import type { Place } from "./network";
import type { Fleet } from "./sizing";

/** What the hosts are made of. */
interface Made {
  readonly fleet: Fleet;
  readonly known: Known;
  readonly imageId: pulumi.Input<string>;
  readonly profile: pulumi.Output<string | undefined>;
  readonly place: Place;
  readonly securityGroupId: pulumi.Input<string>;
  /** Whether the hosts get public addresses, where they have no other way out. */
  readonly isPublic: boolean;
  readonly before: ReturnType<typeof loadBalancer>;
  readonly tags: pulumi.Output<Record<string, string>>;
}

/** While hosts are replaced: none less than before, and a fifth more. Unit: per cent. */
const HEALTHY = { minHealthyPercentage: 100, maxHealthyPercentage: 120 };
/** From its boot to its first request, as long as it has proven itself. Unit: seconds. */
const GRACE = 300;
/** From its first request until it counts. Unit: seconds. */
const WARM_UP = 60;
/** Errors of the hosts, as a share of the planned requests, at which a refresh goes back. */
const ERROR_SHARE = 0.01;
const A_MINUTE = 60;

/** Copies of a proven host, as many as the load takes. */
export function autoScalingGroup(aws: Aws, name: string, made: Made, opts: pulumi.CustomResourceOptions) {
  const { fleet, place, before, tags } = made;
  const template = launchTemplate(aws, name, made, opts);
  const alarm = errorsAlarm(aws, name, made, opts);
  const { minSize, maxSize } = fleet.hosts;
  const group = new aws.autoscaling.Group(
    name,
    {
      // By its number: of `$Latest` no change would begin a refresh, nor could one go back.
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      minSize,
      maxSize,
      vpcZoneIdentifiers: place.subnetIds,
      targetGroupArns: [before.group.arn],
      // One that never says that it is ready is taken away again, and has had no visitors.
      healthCheckType: "ELB",
      healthCheckGracePeriod: GRACE,
      defaultInstanceWarmup: WARM_UP,
      minElbCapacity: minSize,
      waitForCapacityTimeout: "20m",
      instanceMaintenancePolicy: HEALTHY,
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          ...HEALTHY,
          autoRollback: true,
          alarmSpecification: { alarms: [alarm.name] },
          instanceWarmup: String(WARM_UP),
        },
      },
      enabledMetrics: ["GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"],
      tags: tags.apply((known) =>
        Object.entries(known).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      ),
    },
    { ...opts, dependsOn: before.listeners }, // a target group that no listener has is asked nothing
  );
  scaling(aws, name, { group, fleet, before }, opts);
  return group;
}

function launchTemplate(aws: Aws, name: string, made: Made, opts: pulumi.CustomResourceOptions) {
  const { known, imageId, profile, securityGroupId, isPublic, tags } = made;
  const tagged = ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags }));
  return new aws.ec2.LaunchTemplate(
    name,
    {
      imageId,
      instanceType: known.instanceType,
      iamInstanceProfile: { name: profile.apply((given) => given ?? "") },
      metadataOptions: METADATA,
      monitoring: { enabled: true },
      networkInterfaces: [
        {
          deviceIndex: 0,
          securityGroups: pulumi
            .all([securityGroupId, known.securityGroupIds])
            .apply(([own, more]) => [own, ...more]),
          associatePublicIpAddress: String(isPublic),
          deleteOnTermination: "true",
          connectionTrackingSpecification: { tcpEstablishedTimeout: known.connectionTrackingSeconds },
        },
      ],
      tagSpecifications: tagged,
      updateDefaultVersion: true,
      tags,
    },
    opts,
  );
}

/** Of what the hosts answer: a balancer that passes packets on sees connections that they reset. */
function errorsAlarm(
  aws: Aws,
  name: string,
  { fleet, before, tags }: Made,
  opts: pulumi.CustomResourceOptions,
) {
  const pools = before.kind.pools;
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmDescription: `heavyload: hosts of ${name} fail; a refresh goes back`,
      namespace: pools ? "AWS/ApplicationELB" : "AWS/NetworkELB",
      metricName: pools ? "HTTPCode_Target_5XX_Count" : "TCP_Target_Reset_Count",
      // Of a Network Load Balancer this metric is told by the balancer alone.
      dimensions: {
        LoadBalancer: before.balancer.arnSuffix,
        ...(pools && { TargetGroup: before.group.arnSuffix }),
      },
      statistic: "Sum",
      period: A_MINUTE,
      evaluationPeriods: 2,
      comparisonOperator: "GreaterThanThreshold",
      threshold: Math.ceil(fleet.capacity.requestsPerSecond * A_MINUTE * ERROR_SHARE),
      treatMissingData: "notBreaching",
      tags,
    },
    opts,
  );
}

interface Scaled extends Pick<Made, "fleet" | "before"> {
  readonly group: { readonly name: pulumi.Output<string> };
}

/** Grows and shrinks it by the load that one host is meant for. */
function scaling(
  aws: Aws,
  name: string,
  { group, fleet, before }: Scaled,
  opts: pulumi.CustomResourceOptions,
): void {
  const { metric, target } = fleet.tracking;
  const resourceLabel = pulumi.interpolate`${before.balancer.arnSuffix}/${before.group.arnSuffix}`;
  new aws.autoscaling.Policy(
    name,
    {
      autoscalingGroupName: group.name,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: {
          predefinedMetricType: metric,
          ...(before.kind.pools && { resourceLabel }),
        },
        targetValue: target,
      },
    },
    { ...opts, dependsOn: before.listeners },
  );
}
