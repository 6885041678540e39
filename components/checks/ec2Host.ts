import { checkEndpoint, endpointProblems } from "./connection";
import { DEFAULT_FAMILY, FAMILIES, testsOf } from "../ec2/families";
import { isBurstable, isInstanceType } from "../ec2/instanceType";
import { isEverywhere, sourceOf } from "../ec2/source";
import type { Ec2HostArgs } from "../args/ec2Host";
import { TIMEOUT } from "./timeout";
import { isLater } from "./later";
import { objectProblems, type Fields } from "../tuning/fields";
import type { Plan } from "../tuning/plan";
import { BOOLEAN, isText, matches, PORT, USER_NAME, wholeNumber } from "../tuning/form";
import { isGiven, isObject } from "../tuning/given";
import { field, shown, type Problem } from "../tuning/problem";

const USER_DATA = 16 * 1024;
/** The largest load that a burstable type is let through for. Unit: connections. */
const BURSTABLE_UP_TO = 2_000;

const isSource = (value: unknown): boolean => isText(value) && sourceOf(value) !== undefined;
const SOURCES = "ranges (203.0.113.0/24), security groups (sg-…) or prefix lists (pl-…)";

/** Fields of the connection, which connection.ts knows. */
const SSH = ["privateKey", "agent", "agentSocketPath"] as const;

const FIELDS: Fields<Exclude<keyof Ec2HostArgs, (typeof SSH)[number] | "proxy">> = {
  instanceType: {
    allowed: "a type of machine, such as c8g.xlarge",
    fits: (value) => isText(value) && isInstanceType(value),
    required: true,
  },
  image: { allowed: [...FAMILIES.keys()].join(", "), fits: (value) => isText(value) && FAMILIES.has(value) },
  ami: { allowed: "the id of an image: ami-…", fits: matches(/^ami-[0-9a-f]+$/) },
  followImage: { ...BOOLEAN, atOnce: true },
  user: USER_NAME,
  sshFrom: {
    allowed: `a list of ${SOURCES}, at least one, and not everywhere`,
    fits: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((from) => isSource(from) && !isEverywhere(String(from))),
    required: true,
    atOnce: true,
  },
  webFrom: {
    allowed: `a list of ${SOURCES}`,
    fits: (value) => Array.isArray(value) && value.every(isSource),
    atOnce: true,
  },
  publicKey: {
    allowed: "the text of an ssh-ed25519 or ssh-rsa public key, as in ~/.ssh/id_ed25519.pub",
    fits: matches(/^(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+=*( .*)?\n?$/),
    secret: true, // somebody may have put the private key here by mistake
  },
  keyName: { allowed: "the name of a key pair", fits: isText },
  sshPort: PORT,
  subnetId: { allowed: "the id of a subnet: subnet-…", fits: matches(/^subnet-[0-9a-f]+$/) },
  securityGroupIds: {
    allowed: "a list of ids of security groups: sg-…",
    fits: (value) => Array.isArray(value) && value.every(matches(/^sg-[0-9a-f]+$/)),
    members: true,
  },
  elasticIp: { ...BOOLEAN, atOnce: true },
  instanceProfile: { allowed: "the name of an instance profile", fits: isText },
  diskGiB: wholeNumber(8, 16_384),
  userData: {
    allowed: `a text of at most ${USER_DATA} bytes`,
    fits: (value) => typeof value === "string" && Buffer.byteLength(value) <= USER_DATA,
    secret: true,
  },
  connectionTrackingSeconds: wholeNumber(60, 432_000),
  bootTimeout: wholeNumber(TIMEOUT.min, TIMEOUT.max),
  tags: {
    allowed: "an object of texts, whose names do not begin with aws:",
    fits: (value) =>
      isObject(value) &&
      Object.entries(value).every(([name, tag]) => typeof tag === "string" && !/^aws:/i.test(name)),
    members: true,
  },
  allowUntested: BOOLEAN,
};

const MORE: readonly string[] = [...SSH, "proxy"];

/** What is known of what the machine is for: what it must hold, and whether untested systems are let through. */
export interface Purpose {
  readonly plan?: Plan | undefined;
  readonly allowUntested?: unknown;
}

/**
 * Everything wrong with what a machine is to be; what is known only later is checked then, except that a burstable type
 * is then let through. Values are shown, except of the keys and the user data.
 */
export function ec2HostProblems(ec2: unknown, purpose: Purpose = {}, path = "ec2"): Problem[] {
  const problems = objectProblems(path, FIELDS, ec2, isLater, MORE);
  if (!isObject(ec2) || isLater(ec2)) return problems;
  const at = (name: string): string => field(path, name);
  return [
    ...problems,
    ...oneOf(at, ec2, SSH),
    ...oneOf(at, ec2, ["publicKey", "keyName"]),
    ...SSH.flatMap((name) => endpointProblems(path, name, ec2[name])),
    ...(isGiven(ec2["proxy"]) ? checkEndpoint(at("proxy"), ec2["proxy"]) : []),
    ...untested(at("image"), ec2, purpose),
    ...burstable(at("instanceType"), ec2["instanceType"], purpose),
  ];
}

function oneOf(
  at: (name: string) => string,
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Problem[] {
  const found = names.filter((name) => isGiven(given[name]) && given[name] !== false);
  if (found.length === 1) return [];
  const [first = ""] = names;
  const value = found.length === 0 ? shown(undefined) : `given beside ${found.slice(1).join(", ")}`;
  return [{ path: at(first), value, allowed: `one of ${names.map(at).join(" and ")}` }];
}

function untested(path: string, given: Readonly<Record<string, unknown>>, purpose: Purpose): Problem[] {
  const image = given["image"] ?? DEFAULT_FAMILY;
  const allowUntested = given["allowUntested"] ?? purpose.allowUntested;
  const allowed = allowUntested === true || isLater(allowUntested);
  if (!isText(image) || !FAMILIES.has(image) || testsOf(image) !== "none" || allowed) return [];
  const taken = [...FAMILIES.keys()].filter((name) => testsOf(name) !== "none");
  return [
    { path, value: shown(image), allowed: taken.join(", "), wayOut: "Or allowUntested: true, to try it." },
  ];
}

function burstable(path: string, type: unknown, { plan }: Purpose): Problem[] {
  const connections = plan?.capacity.connections;
  if (!isText(type) || !isBurstable(type) || connections === undefined || connections <= BURSTABLE_UP_TO)
    return [];
  const allowed = `a type that is not burstable, for more than ${BURSTABLE_UP_TO} connections`;
  return [{ path, value: shown(type), allowed, wayOut: "Such as c8g.xlarge." }];
}
