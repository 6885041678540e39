import * as pulumi from "@pulumi/pulumi";
import type { Checked } from "./checks/tuning";
import type { ConnectionArgs } from "./args/connection";
import { addressOf, withSecrets } from "./steps/connection";
import { Ec2Host } from "./ec2Host";
import { checkTunedHost } from "./checks/host";
import { HostTuning } from "./hostTuning";
import { refuse } from "./checks/refuse";
import type { Report } from "./tuning/report";
import type { HostArgs, TunedHostArgs } from "./args/tunedHost";

const TYPE = "heavyload:index:TunedHost";

/** A machine that was made and tuned. */
interface Built {
  readonly machine: Ec2Host;
  /** Another text for every other state that images may be made of. */
  readonly sealed: pulumi.Output<string>;
}

/** Not a field of the class: that would be an output of the component, which other languages see. */
const BUILT = new WeakMap<TunedHost, Built>();

/** A host and its tuning: a machine on EC2 that is made and tuned, or one that is there already and is tuned. */
export class TunedHost extends pulumi.ComponentResource {
  /** Where the host is reached: of EC2 its public address, or the private one where it has none. */
  public readonly address!: pulumi.Output<string>;
  /** The id of the machine on EC2; undefined for an existing host. */
  public readonly instanceId!: pulumi.Output<string | undefined>;
  /** What the live host has, setting by setting. Empty (undefined) where `--target` leaves the last step out. */
  public readonly report!: pulumi.Output<Report>;
  /** The report as a text table. */
  public readonly summary!: pulumi.Output<string>;

  /**
   * @param name part of the owner's name on the host: letters, digits and `. _ / @ + -`
   * @param checked what came out where whoever makes it has checked the arguments already
   * @throws InputPropertiesError with everything that is wrong with the arguments
   */
  constructor(
    name: string,
    args: TunedHostArgs,
    opts?: pulumi.ComponentResourceOptions,
    checked: Checked = checkTunedHost(name, args),
  ) {
    refuse(`TunedHost ${name}`, checked.problems);
    const { ec2, existing, ...tuning } = args;
    super(TYPE, name, { ...tuning, ...secretHost(args) }, opts);

    const allowUntested = ec2?.allowUntested ?? tuning.allowUntested;
    const { dependsOn } = opts ?? {};
    const machine = ec2 && new Ec2Host(name, { ...ec2, allowUntested }, { parent: this, dependsOn });
    const connection = machine ? machine.connection : (existing as pulumi.Input<ConnectionArgs>);
    const made = new HostTuning(
      name,
      // A machine of ours goes away with its tuning: nothing to put back, and nobody to ask once it is gone.
      {
        ...tuning,
        connection,
        allowUntested,
        ...(machine && { identity: machine.instanceId, restore: false }),
      },
      {
        parent: this,
        dependsOn,
        deletedWith: machine ? machine.instance : opts?.deletedWith,
        // A stack that had a HostTuning of this name keeps it.
        aliases: [{ parent: opts?.parent }],
      },
      checked,
    );
    if (machine) BUILT.set(this, { machine, sealed: made.sealed });
    this.address = machine ? machine.address : addressOf(connection).host;
    this.instanceId = machine ? machine.instanceId : pulumi.output(undefined);
    const { report, summary } = made;
    this.report = report;
    this.summary = summary;
    this.registerOutputs({ address: this.address, instanceId: this.instanceId, report, summary });
  }

  /** What was made of `ec2`: for images of it. */
  get built(): Built {
    const found = BUILT.get(this);
    if (!found)
      throw new Error("unreachable: a host that is there already, in the place of one that is made");
    return found;
  }
}

/** A host as the state may hold it. */
export const secretHost = ({ ec2, existing }: HostArgs): pulumi.Inputs => ({
  ...(ec2 && { ec2: withSecrets(ec2) }),
  ...(existing && { existing: withSecrets(existing) }),
});
