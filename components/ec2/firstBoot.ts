import { readFileSync } from "node:fs";
import { join } from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "../args/connection";
import { commandConnection } from "../steps/connection";
import type { Dialing } from "../steps/dialing";
import type { Family } from "./families";
import type { Known } from "./known";

/** A new machine, as the first who looks at it finds it. */
interface Machine {
  readonly id: pulumi.Output<string>;
  readonly connection: ConnectionArgs;
  readonly dials: pulumi.Output<Dialing>;
  readonly known: Known;
}

const HOST_KEY_FILE = "/etc/ssh/ssh_host_ed25519_key.pub";

/**
 * The machine's own key as it is seen when the machine answers for the first time. Nobody asks again for as long as the
 * machine is there: whoever answers in its place later is not believed.
 */
export function firstSight(
  name: string,
  machine: Machine,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const trusting = { ...machine.connection, insecureIgnoreHostKey: true };
  const seen = new remote.Command(
    `${name}-host-key`,
    { connection: through(trusting, machine.dials), create: `cat ${HOST_KEY_FILE}`, ...common(machine) },
    // Another machine replaces it all the same, and is then asked by what is true of that one.
    { ...opts, ignoreChanges: ["connection", "create"] },
  );
  return seen.stdout.apply((line) => line.trim().split(" ").slice(0, 2).join(" "));
}

/** Waits until the first boot is done, and installs what the image lacks. */
export function firstBoot(
  name: string,
  machine: Machine,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const asRoot = machine.known.user.apply((user) => (user === "root" ? "" : "sudo -n "));
  const words = machine.known.family.apply((family) => installation(family).join(" "));
  return new remote.Command(
    `${name}-first-boot`,
    {
      connection: through(machine.connection, machine.dials),
      create: pulumi.interpolate`${asRoot}sh -s -- ${words}`,
      stdin: readFileSync(join(__dirname, "..", "host", "firstBoot.sh"), "utf8"),
      logging: remote.Logging.Stderr,
      ...common(machine),
    },
    opts,
  );
}

/** What firstBoot.sh is told: only words of ours, none of which means anything to a shell. */
const installation = ({ installer, packagedSite = "-", packages }: Family): string[] => [
  installer,
  packagedSite,
  ...Object.entries(packages).map(([program, name]) => `${program}=${name}`),
];

/** Another machine, and nothing else, is looked at anew. */
const common = ({ id }: Machine) => ({ triggers: [id], addPreviousOutputInEnv: false });

const through = (connection: ConnectionArgs, { dialErrorLimit, perDialTimeout }: pulumi.Output<Dialing>) =>
  commandConnection(connection, { dialErrorLimit, perDialTimeout });
