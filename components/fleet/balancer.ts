import type * as pulumi from "@pulumi/pulumi";
import type { Aws } from "../ec2/aws";
import type { Balancer } from "./balancers";
import { READINESS_PORT } from "../tuning/readiness";
import { HTTP, HTTPS, type Place } from "./network";

/** TLS 1.2 and 1.3. */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";
const MOVED = "HTTP_301";
const PLAIN = { application: "HTTP", network: "TCP" } as const;
const ENCRYPTED = { application: "HTTPS", network: "TLS" } as const;

/** What stands before the hosts. */
interface Before {
  readonly kind: Balancer;
  readonly place: Place;
  readonly securityGroupId: pulumi.Input<string>;
  readonly internal: boolean;
  readonly certificateArn: pulumi.Output<string> | undefined;
  readonly idleSeconds: number;
  readonly tags: pulumi.Output<Record<string, string>>;
}

/** Ports that the balancer listens on. */
export const listensOn = (kind: Balancer, hasCertificate: boolean): readonly number[] => {
  if (!hasCertificate) return [HTTP];
  return kind.pools ? [HTTP, HTTPS] : [HTTPS];
};

export function loadBalancer(aws: Aws, name: string, before: Before, opts: pulumi.CustomResourceOptions) {
  const { kind, place, securityGroupId, internal, certificateArn, idleSeconds, tags } = before;
  const balancer = new aws.lb.LoadBalancer(
    name,
    {
      loadBalancerType: kind.type,
      internal,
      securityGroups: [securityGroupId],
      subnets: place.subnetIds,
      ...(kind.pools
        ? { idleTimeout: idleSeconds, dropInvalidHeaderFields: true }
        : { enableCrossZoneLoadBalancing: true }),
      tags,
    },
    opts,
  );
  const group = new aws.lb.TargetGroup(
    name,
    {
      port: HTTP,
      protocol: PLAIN[kind.type],
      vpcId: place.vpcId,
      targetType: "instance",
      deregistrationDelay: kind.drainSeconds,
      ...(kind.pools && { loadBalancingAlgorithmType: "least_outstanding_requests" }),
      healthCheck: {
        protocol: "HTTP",
        port: String(READINESS_PORT),
        path: "/",
        matcher: "200-399",
        interval: 10,
        timeout: 6,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
      tags,
    },
    opts,
  );
  const forward = { type: "forward", targetGroupArn: group.arn };
  const toHttps = {
    type: "redirect",
    redirect: { port: String(HTTPS), protocol: "HTTPS", statusCode: MOVED },
  };
  const tls = { certificateArn, sslPolicy: TLS_POLICY };
  const listeners = listensOn(kind, certificateArn !== undefined).map((port) => {
    const isPlain = port === HTTP;
    return new aws.lb.Listener(
      `${name}-${port}`,
      {
        loadBalancerArn: balancer.arn,
        port,
        protocol: isPlain ? PLAIN[kind.type] : ENCRYPTED[kind.type],
        defaultActions: [isPlain && certificateArn !== undefined ? toHttps : forward],
        ...(!isPlain && tls),
        tags,
      },
      opts,
    );
  });
  return { kind, balancer, group, listeners };
}
