import { readFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { HOST, USER } from "./machine/address";

/** What can be said about the lab machine. Plain values: they name a folder and a process of this computer. */
export interface LabHostArgs {
  /** 1 to 40 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Unit: MiB. Range: 256 and up. @default 2048 */
  readonly memoryMiB?: number;
  /** Range: 1 to 64. @default 2 */
  readonly cpus?: number;
}

/** How to reach the machine over SSH. Address and user are known before it runs: a preview shows what they decide. */
export interface LabConnection {
  readonly host: string;
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
    const [port, hostKey] = [up.apply((line) => line.port), up.apply((line) => line.hostKey)];
    this.connection = { host: HOST, port, user: USER, privateKey, hostKey };
    this.address = up.apply(({ httpPort }) => `http://${HOST}:${httpPort}/`);
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
