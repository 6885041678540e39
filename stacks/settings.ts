import * as pulumi from "@pulumi/pulumi";
import { argsProblems } from "../components/argsProblems";
import type { ConnectionArgs } from "../components/connection";
import type { HostTuningArgs } from "../components/hostTuningArgs";
import { ownFrames } from "../components/ownFrames";
import { renderProblems, shown, type Problem } from "../components/tuning/problem";

const NAMESPACE = "heavyload";

/** How the text of a key becomes a value; text that does not fit stays as it is, for the check to name it. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  host: (text) => text,
  tier: (text) => text,
  reapply: (text) => text,
  capacity: json,
  connection: json,
  tuning: json,
  timeout: json,
  adopt: json,
  allowUntested: json,
  services: json,
  app: json,
};

/** What the stack is told: which host, and how to tune it. */
export interface Settings {
  readonly host: string;
  /** Only where the host is an existing one. */
  readonly connection?: ConnectionArgs;
  readonly tuning: Omit<HostTuningArgs, "connection">;
}

/**
 * Reads the stack's configuration.
 * @throws RunError with everything that is wrong with it, so that one look is enough
 */
export function readSettings(hosts: readonly string[]): Settings {
  const config = new pulumi.Config(NAMESPACE);
  const values = Object.fromEntries(
    Object.entries(READERS).flatMap(([key, read]) => {
      const text = config.get(key);
      return text === undefined ? [] : [[key, read(text)]];
    }),
  );
  const { host, connection, ...tuning } = values;
  const problems = [
    ...strangers(),
    ...hostProblems(host, hosts),
    // A host that the stack makes itself brings its connection along.
    ...(host === "existing" ? [] : connectionIsForExisting(connection)),
    ...argsProblems({ ...tuning, connection: host === "existing" || connection ? connection : LATER }),
  ];
  if (problems.length > 0)
    throw ownFrames(
      new pulumi.RunError(`the stack's configuration:\n${renderProblems(problems, `${NAMESPACE}:`)}`),
    );
  return { host: String(host), connection: connection as ConnectionArgs, tuning };
}

const LATER = pulumi.output({});

function hostProblems(host: unknown, hosts: readonly string[]): Problem[] {
  return hosts.includes(String(host))
    ? []
    : [{ path: "host", value: shown(host), allowed: hosts.join(", ") }];
}

const connectionIsForExisting = (connection: unknown): Problem[] =>
  connection === undefined
    ? []
    : [{ path: "connection", value: "given", allowed: "only beside heavyload:host existing" }];

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
