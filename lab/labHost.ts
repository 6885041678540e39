import { readFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { KindName } from "./machine/kindName";
import { USER } from "./machine/machine";

/** What can be said about the lab machine. Plain values: they name a folder and a process of this computer. */
export interface LabHostArgs {
  /** 1 to 40 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Of a machine that is not there yet. @default vm */
  readonly kind?: KindName;
  /** A VM's. Unit: MiB. Range: 256 and up. @default 2048 */
  readonly memoryMiB?: number;
  /** A VM's. Range: 1 to 64. @default 2 */
  readonly cpus?: number;
}

/** How to reach the machine over SSH. */
export interface LabConnection {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly user: string;
  /** A secret. */
  readonly privateKey: pulumi.Output<string>;
  readonly hostKey: pulumi.Output<string>;
}

/** The last line that `npm run lab -- up --json` prints. */
interface UpLine {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
  readonly httpPort: number;
  readonly privateKeyFile: string;
  readonly accelerator: string;
}

const CHECKOUT = join(__dirname, "..");
const CLI = "node_modules/.bin/tsx lab/cli.ts";

/** The disposable machine as a resource: `up` boots it, destroy takes it away. Not part of the package. */
export class LabHost extends pulumi.ComponentResource {
  readonly connection: LabConnection;
  /** The site: `http://HOST:PORT/`. */
  declare readonly address: pulumi.Output<string>;
  /** `kvm`, `tcg` for emulation, or `native`. */
  declare readonly accelerator: pulumi.Output<string>;

  constructor(resourceName: string, args: LabHostArgs, options?: pulumi.ComponentResourceOptions) {
    super("heavyload:lab:LabHost", resourceName, {}, options);
    const { name, kind, memoryMiB, cpus } = args;
    const wanted = Object.entries({ "--kind": kind, "--memory": memoryMiB, "--cpus": cpus });
    const given = wanted.flatMap(([option, value]) => (value === undefined ? [] : [option, String(value)]));
    const machine = new local.Command(
      `${resourceName}-machine`,
      {
        dir: CHECKOUT,
        create: [CLI, "up", "--name", name, ...given, "--json"].join(" "),
        delete: `${CLI} down --name ${name}`,
        // Another name, kind, memory or number of CPUs is another machine.
        triggers: [name, ...given],
        logging: local.Logging.Stderr,
        addPreviousOutputInEnv: false,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    const up = machine.stdout.apply(parseUpLine);
    // The key is taken from its file, so that it is in the state as a secret alone, never in a command's output.
    const privateKey = pulumi.secret(up.apply(({ privateKeyFile }) => readFileSync(privateKeyFile, "utf8")));
    const [port, hostKey] = [up.apply((line) => line.port), up.apply((line) => line.hostKey)];
    this.connection = { host: up.apply(({ host }) => host), port, user: USER, privateKey, hostKey };
    this.address = up.apply(({ host, httpPort }) => `http://${host}:${httpPort}/`);
    this.accelerator = up.apply(({ accelerator }) => accelerator);
    this.registerOutputs({
      connection: this.connection,
      address: this.address,
      accelerator: this.accelerator,
    });
  }
}

function parseUpLine(stdout: string): UpLine {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as UpLine;
}
