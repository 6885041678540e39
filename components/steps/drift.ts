import * as pulumi from "@pulumi/pulumi";
import type { types } from "@pulumi/command";
import type { Connection } from "../ssh/connection";
import type * as ssh from "../ssh/ask";
import { saidIn } from "../tuning/said";
import { driftLine } from "./command";

/** What a layer's manifest says of drift: two runs of the same are told apart by `times`. */
export interface Drift {
  /** How often it had drifted when it was applied, this time included. */
  readonly times: number;
  /** A line each. */
  readonly drifted: readonly string[];
}

/** By layer. */
export type Drifts = Readonly<Record<string, Drift>>;

export const ASK = "ask";
const NONE: Drifts = {};

/** Who is asked, and for how long. */
interface Asked {
  readonly connection: types.output.remote.Connection;
  readonly user: string;
  readonly drift?: string;
  /** Unit: seconds. */
  readonly timeout: number;
}

/**
 * What has drifted on the host, asked by one login: in a preview and in an `up`, before anything is changed. A host that
 * does not answer is a warning. What was repaired last stays in the manifest: the host itself says it, so that the next
 * preview shows no change.
 */
export function driftsOf(asked: pulumi.Output<Asked>, resource: pulumi.Resource): pulumi.Output<Drifts> {
  // Of a machine that is yet to be made nothing is known, and its plan is shown all the same.
  const known = (asked as unknown as { readonly isKnown: Promise<boolean> }).isKnown;
  const found = pulumi
    .output(known)
    .apply((is): pulumi.Output<Drifts> =>
      is ? asked.apply((who) => answered(who, resource)) : pulumi.output(NONE),
    );
  // It holds no part of the key by which it was asked.
  return pulumi.unsecret(found);
}

async function answered(
  { connection, user, drift, timeout }: Asked,
  resource: pulumi.Resource,
): Promise<Drifts> {
  if (drift !== ASK) return NONE;
  // ssh2 is loaded by whoever asks. `import()` would leave tsx's CommonJS loader, by which a stack's program runs.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { ask } = require("../ssh/ask") as typeof ssh;
  try {
    return driftsIn(await ask(connection as Connection, driftLine(user), timeout));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await pulumi.log.warn(`The host ${connection.host} was not asked for drift: ${reason}`, resource);
    return NONE;
  }
}

/** What the host says of a layer: components/host/heavyload/drift.py. */
interface Said extends Drift {
  /** Has drifted since. */
  readonly now: readonly string[];
}

/** @throws Error where it is something else */
export function driftsIn(stdout: string): Drifts {
  const line = saidIn(stdout, '{"host": ');
  if (line === undefined) return NONE; // nothing of heavyload is there
  const said = JSON.parse(line) as Readonly<Record<string, Said>>;
  return Object.fromEntries(
    Object.entries(said).flatMap(([concern, { times, drifted, now }]) => {
      if (now.length > 0) return [[concern, { times: times + 1, drifted: now.map(String) }]];
      return times > 0 ? [[concern, { times, drifted: drifted.map(String) }]] : [];
    }),
  );
}
