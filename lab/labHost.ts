import { readFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** What can be said about the lab machine. Plain values: they name a folder and a process of this computer. */
export interface LabHostArgs {
  /** 1 to 40 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Unit: MiB. Range: 256 and up. @default 2048 */
  readonly memoryMiB?: number;
  /** Range: 1 to 64. @default 2 */
  readonly cpus?: number;
}

/** How to reach the machine over SSH. */
export interface LabConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A secret. */
  readonly privateKey: string;
  readonly hostKey: string;
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
  declare readonly connection: pulumi.Output<LabConnection>;
  /** The site: `http://127.0.0.1:PORT/`. */
  declare readonly address: pulumi.Output<string>;
  /** `kvm`, or `tcg` for emulation. */
  declare readonly accelerator: pulumi.Output<string>;

  constructor(resourceName: string, args: LabHostArgs, options?: pulumi.ComponentResourceOptions) {
    super("heavyload:lab:LabHost", resourceName, {}, options);
    const { name, memoryMiB = 2048, cpus = 2 } = args;
    const machine = new local.Command(
      `${resourceName}-machine`,
      {
        dir: CHECKOUT,
        create: `${CLI} up --name ${name} --memory ${memoryMiB} --cpus ${cpus} --json`,
        delete: `${CLI} down --name ${name}`,
        // Another name, memory or number of CPUs is another machine.
        triggers: [name, memoryMiB, cpus],
        logging: local.Logging.Stderr,
        addPreviousOutputInEnv: false,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    const up = machine.stdout.apply(parseUpLine);
    // The key is taken from its file, so that it is in the state as a secret alone, never in a command's output.
    const privateKey = pulumi.secret(up.apply(({ privateKeyFile }) => readFileSync(privateKeyFile, "utf8")));
    this.connection = pulumi
      .all([up, privateKey])
      .apply(([{ host, port, user, hostKey }, key]) => ({ host, port, user, privateKey: key, hostKey }));
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
