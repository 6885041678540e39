import * as pulumi from "@pulumi/pulumi";
import {
  checks,
  type HostArgs,
  type TunedFleetArgs,
  type TunedHostsArgs,
  type TuningArgs,
} from "../components";

const { checkTunedFleet, checkTuning, kindProblems, rolloutProblems } = checks;
const { isGiven, isObject, member, ownFrames, renderProblems, shown, without } = checks;
type Problem = checks.Problem;

const NAMESPACE = "heavyload";

/** How the text of a key becomes a value; text that does not fit stays as it is, for the check to name it. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  host: (text) => text,
  tier: (text) => text,
  reapply: (text) => text,
  first: (text) => text,
  healthPath: (text) => text,
  drift: (text) => text,
  mode: (text) => text,
  capacity: json,
  connection: json,
  ec2: json,
  fleet: json,
  hosts: json,
  maxParallel: json,
  tuning: json,
  strict: json,
  timeout: json,
  adopt: json,
  allowUntested: json,
  services: json,
  app: json,
  readiness: json,
};

/** Values of `heavyload:host`. */
const HOSTS = ["lab", "existing", "ec2", "fleet"] as const;
const FLEET = "fleet";
/** The resources' names: of a host also a part of the owner's name there. */
export const NAMES = { host: "host", fleet: "fleet" } as const;

/** What `heavyload:fleet` may hold. */
const OF_A_FLEET: readonly string[] = [
  "balancer",
  "minSize",
  "maxSize",
  "certificateArn",
  "subnetIds",
  "internal",
];

/** The key that says how a host of a kind is reached or made, and the argument of TunedHost that it becomes. */
const KINDS: Readonly<Record<string, { key: string; argument: checks.HostKind }>> = {
  existing: { key: "connection", argument: "existing" },
  ec2: { key: "ec2", argument: "ec2" },
};

/** What the stack is told: which hosts, and how to tune them. */
export interface Settings {
  /** The one host; absent where there are several, or where it is the lab's, which comes from elsewhere. */
  readonly host?: HostArgs;
  /** As many hosts as the load takes, behind a load balancer of AWS's. */
  readonly fleet?: TunedFleetArgs;
  /** Several hosts. */
  readonly hosts?: Pick<TunedHostsArgs, "hosts" | "first" | "maxParallel">;
  readonly tuning: TuningArgs;
  /** What came of checking all of it. */
  readonly checked: checks.Checked & checks.CheckedFleet;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the stack's configuration.
 * @throws RunError with everything that is wrong with it, so that one look is enough
 */
export function readSettings(): Settings {
  const config = new pulumi.Config(NAMESPACE);
  const values: Values = Object.fromEntries(
    Object.entries(READERS).flatMap(([key, read]) => {
      const text = config.get(key);
      return text === undefined ? [] : [[key, read(text)]];
    }),
  );
  const { host, connection, ec2, fleet, hosts, first, maxParallel, ...tuning } = values;
  if (host === FLEET) return fleetSettings(values);
  const kind = KINDS[String(host)];
  const checked = checkTuning(tuning);
  const purpose = { plan: checked.plan, allowUntested: tuning["allowUntested"] };
  const problems = [
    ...strangers(),
    ...unknownHost(host),
    ...idle({ connection, ec2, fleet, hosts, first, maxParallel }, kind?.key, hosts),
    ...checked.problems,
    ...(kind
      ? hostsProblems(kind, values, purpose)
      : Object.values(KINDS).flatMap((kind) => givenProblems(kind, values, purpose))),
  ];
  refuse(problems);
  if (!kind) return { tuning, checked };
  const common = values[kind.key];
  if (!isGiven(hosts)) return { host: { [kind.argument]: common }, tuning, checked };
  const several = Object.entries(hosts as Values).map(([name, own]) => [
    name,
    { [kind.argument]: joined(common, own) },
  ]);
  return {
    hosts: {
      hosts: Object.fromEntries(several) as Record<string, HostArgs>,
      first,
      maxParallel,
    } as TunedHostsArgs,
    tuning,
    checked,
  };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0)
    throw ownFrames(
      new pulumi.RunError(`the stack's configuration:\n${renderProblems(problems, `${NAMESPACE}:`)}`),
    );
}

/** Of its keys the fleet's own are members of one. */
function fleetSettings(values: Values): Settings {
  const { connection, hosts, first, maxParallel, fleet, ...tuning } = without(values, ["host"]);
  const own = isObject(fleet) ? fleet : {};
  const args = { ...tuning, ...own } as unknown as TunedFleetArgs;
  const checked = checkTunedFleet(NAMES.fleet, args);
  refuse([
    ...strangers(),
    ...idle({ connection, hosts, first, maxParallel }, "ec2", hosts),
    ...(isGiven(fleet) && !isObject(fleet)
      ? [{ path: FLEET, value: shown(fleet), allowed: `an object of ${OF_A_FLEET.join(", ")}` }]
      : []),
    ...Object.keys(own)
      .filter((name) => !OF_A_FLEET.includes(name))
      .map((name) => ({
        path: member(FLEET, name),
        value: "given",
        allowed: `only the names ${OF_A_FLEET.join(", ")}`,
      })),
    ...checked.problems.map((problem) =>
      OF_A_FLEET.includes(problem.path) ? { ...problem, path: `${FLEET}.${problem.path}` } : problem,
    ),
  ]);
  return { fleet: args, tuning, checked };
}

type Kind = (typeof KINDS)[string];
type Purpose = Parameters<typeof kindProblems>[2];

/** Of several hosts each has what all have, and over it what it has of its own. */
function hostsProblems({ key, argument }: Kind, values: Values, purpose: Purpose): Problem[] {
  const { hosts, first, maxParallel } = values;
  if (!isGiven(hosts)) return kindProblems(argument, values[key], purpose, key);
  if (!isObject(hosts) || Object.keys(hosts).length === 0)
    return [{ path: "hosts", value: shown(hosts), allowed: "an object of hosts by name, at least one" }];
  return [
    ...Object.entries(hosts).flatMap(([name, own]) =>
      kindProblems(argument, joined(values[key], own), purpose, member("hosts", name)),
    ),
    ...rolloutProblems(hosts, first, maxParallel),
  ];
}

/** Where nobody knows yet which kind of host it is to be: what is wrong in any case. */
const givenProblems = ({ key, argument }: Kind, values: Values, purpose: Purpose): Problem[] =>
  isGiven(values[key]) ? kindProblems(argument, values[key], purpose, key) : [];

const joined = (common: unknown, own: unknown): unknown =>
  isObject(own) && (isObject(common) || !isGiven(common))
    ? { ...(common as Values | undefined), ...own }
    : own;

function unknownHost(host: unknown): Problem[] {
  return HOSTS.some((known) => known === host)
    ? []
    : [{ path: "host", value: shown(host), allowed: HOSTS.join(", ") }];
}

/** Keys that would be read for nothing. */
function idle(given: Values, used: string | undefined, hosts: unknown): Problem[] {
  const beside: Values = {
    ...Object.fromEntries(
      Object.entries(KINDS).flatMap(([kind, { key }]) =>
        key === used ? [] : [[key, `heavyload:host ${kind}`]],
      ),
    ),
    fleet: "heavyload:host fleet",
    ...(used ? {} : { hosts: "heavyload:host existing or ec2" }),
    ...(isGiven(hosts) ? {} : { first: "heavyload:hosts", maxParallel: "heavyload:hosts" }),
  };
  return Object.keys(beside)
    .filter((key) => isGiven(given[key]))
    .map((key) => ({ path: key, value: "given", allowed: `only beside ${String(beside[key])}` }));
}

/** A mistyped key would otherwise be a setting that silently is not there. */
function strangers(): Problem[] {
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(`${NAMESPACE}:`))
    .map((key) => key.slice(NAMESPACE.length + 1))
    .filter((key) => !(key in READERS))
    .map((key) => ({
      path: key,
      value: "given",
      allowed: `only the keys ${Object.keys(READERS).join(", ")}`,
    }));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
