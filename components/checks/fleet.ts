import type { TunedFleetArgs } from "../args/tunedFleet";
import { sizeFleet, type Fleet } from "../fleet/sizing";
import { fieldsProblems, LATER, type Fields } from "../tuning/fields";
import { BOOLEAN, matches } from "../tuning/form";
import { isGiven, isObject, without } from "../tuning/given";
import { shown, type Problem } from "../tuning/problem";
import { READINESS_PORT } from "../tuning/readiness";
import { ec2HostProblems } from "./ec2Host";
import { holdsLater, isLater } from "./later";
import { checkTuning } from "./tuning";

/** AWS's names of balancers have 32 characters, of which Pulumi takes 8. */
const NAME = /^(?!internal-|sg-)[A-Za-z0-9]([A-Za-z0-9-]{0,22}[A-Za-z0-9])?$/;

/** What comes of a fleet beside its tuning and its sizing, which are checked where they are. */
const FIELDS: Fields<"certificateArn" | "subnetIds" | "internal"> = {
  certificateArn: {
    allowed: "the ARN of a certificate: arn:aws:acm:…",
    fits: matches(/^arn:aws[a-z-]*:(acm|iam):[!-~]+$/),
  },
  subnetIds: {
    allowed: "a list of ids of subnets: subnet-…, two others at least",
    fits: (value) =>
      Array.isArray(value) && new Set(value).size >= 2 && value.every(matches(/^subnet-[0-9a-f]+$/)),
  },
  internal: { ...BOOLEAN, atOnce: true },
};

/** OwnHostArgs, which a program without types may give all the same. */
const NOT_OF_A_FLEET = ["mode", "seal"];

export interface CheckedFleet {
  readonly problems: readonly Problem[];
  /** Absent where something is wrong. */
  readonly fleet?: Fleet | undefined;
}

const tooLate = (path: string): Problem => ({ path, value: LATER, allowed: "a value that is known at once" });

/** Checks a fleet, the machine that it is made of, its tuning and its name. */
export function checkTunedFleet(name: string, args: TunedFleetArgs): CheckedFleet {
  const { ec2, balancer, minSize, maxSize, tier, capacity, tuning, ...rest } = args;
  const { certificateArn, subnetIds, internal, ...others } = rest;
  const switches: typeof others & Readonly<Record<string, unknown>> = others;
  const wish = { tier, capacity, tuning, balancer, minSize, maxSize };
  const atOnce = { ...wish, readiness: switches.readiness };
  const problems: Problem[] = [];
  if (!NAME.test(name))
    problems.push({
      path: "name",
      value: shown(name),
      allowed:
        "at most 24 letters, digits and hyphens, with none of these at an end, not beginning with internal- or sg-",
    });
  for (const path of NOT_OF_A_FLEET)
    if (isGiven(switches[path])) problems.push({ path, value: "given", allowed: "nothing for a fleet" });
  problems.push(...fieldsProblems("", FIELDS, { certificateArn, subnetIds, internal }, isLater));
  problems.push(...checkTuning({ tier: "2k", ...without(switches, NOT_OF_A_FLEET) }).problems);
  if (isObject(switches.readiness) && isGiven(switches.readiness.port))
    problems.push({
      path: "readiness.port",
      value: shown(switches.readiness.port),
      allowed: `nothing for a fleet: ${READINESS_PORT}, since hosts of before and after a change serve at one time`,
    });
  const late = Object.entries(atOnce).filter(([, value]) => holdsLater(value));
  problems.push(...late.map(([path]) => tooLate(path)));
  const instanceType = isObject(ec2) ? ec2.instanceType : undefined;
  if (isLater(instanceType)) problems.push(tooLate("ec2.instanceType"));
  const ofMachine = ec2HostProblems(ec2, { allowUntested: switches.allowUntested });
  problems.push(...ofMachine);
  if (isObject(ec2) && isGiven(ec2.elasticIp))
    problems.push({
      path: "ec2.elasticIp",
      value: "given",
      allowed: "nothing for a fleet: the balancer is its address",
    });
  if (late.length > 0 || isLater(instanceType)) return { problems };
  const { fleet, problems: ofSize = [] } = sizeFleet({ ...wish, instanceType });
  const typeIsWrong = ofMachine.some(({ path }) => path === "ec2.instanceType");
  problems.push(
    ...ofSize
      .filter(({ path }) => !(typeIsWrong && path === "instanceType"))
      .map((problem) =>
        problem.path === "instanceType" ? { ...problem, path: "ec2.instanceType" } : problem,
      ),
  );
  return { problems, fleet };
}
