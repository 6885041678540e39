import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./args/connection";
import { withSecrets } from "./steps/connection";
import { dialing } from "./steps/dialing";
import { keyName, instanceProfile } from "./ec2/access";
import { loadAws } from "./ec2/aws";
import { firstBoot, firstSight } from "./ec2/firstBoot";
import { knownOf } from "./ec2/known";
import { launchTemplate, METADATA, securityGroup } from "./ec2/network";
import { EVERYWHERE } from "./ec2/source";
import type { Ec2HostArgs } from "./args/ec2Host";
import { ec2HostProblems } from "./checks/ec2Host";
import { withoutNulls } from "./tuning/given";
import { refuse } from "./checks/refuse";

const TYPE = "heavyload:index:Ec2Host";

interface Inside {
  readonly connection: ConnectionArgs;
  readonly instance: pulumi.CustomResource;
  readonly profile: pulumi.Output<string | undefined>;
}

/** Not fields of the class: those would be outputs of the component, which other languages see. */
const INSIDE = new WeakMap<Ec2Host, Inside>();

/**
 * A machine on EC2 that can be tuned: with nginx and gunicorn, a key that was seen at its first boot, and safe defaults
 * (metadata by IMDSv2 alone, an encrypted gp3 disk, detailed monitoring, a role for Systems Manager, SSH from where it
 * is asked to alone). Needs Pulumi's package for AWS, version 7, and Pulumi's CLI 3.211 or later.
 */
export class Ec2Host extends pulumi.ComponentResource {
  /** The machine's id. A new machine has a new one. */
  public readonly instanceId!: pulumi.Output<string>;
  /** Where the site is reached: the elastic or public address, or the private one where there is none. */
  public readonly address!: pulumi.Output<string>;
  /** The address within its VPC. */
  public readonly privateAddress!: pulumi.Output<string>;
  /** The user to log in as. */
  public readonly user!: pulumi.Output<string>;
  /** The machine's own public key, as it was seen at its first boot: `ssh-ed25519 AAAA…`. */
  public readonly hostKey!: pulumi.Output<string>;

  /** @throws InputPropertiesError with everything that is wrong with the arguments */
  constructor(name: string, args: Ec2HostArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`Ec2Host ${name}`, ec2HostProblems(args, {}, ""));
    super(TYPE, name, withSecrets(args), opts);
    const aws = loadAws();
    const child: pulumi.CustomResourceOptions = { parent: this };

    const given = withoutNulls(args);
    const { privateKey, agent, agentSocketPath, proxy, sshFrom, webFrom = EVERYWHERE } = given;
    const known = knownOf(name, given);
    const { value, tags } = known;
    known.reservation.apply((said) => said && pulumi.log.warn(said, this));
    const subnetId = given.subnetId === undefined ? undefined : value("subnetId").apply((id) => id ?? "");
    const network = { known, subnetId, sshFrom, webFrom, isPublic: proxy === undefined };
    const group = securityGroup(aws, name, network, child);
    const card = launchTemplate(aws, name, network, group.id, child);
    const newest = () => aws.ssm.getParameterOutput({ name: known.parameter }, child).insecureValue;
    const profile =
      given.instanceProfile === undefined
        ? instanceProfile(aws, name, known, child)
        : value("instanceProfile");
    const instance = new aws.ec2.Instance(
      `${name}-machine`,
      {
        ami: given.ami === undefined ? newest() : value("ami"),
        instanceType: known.instanceType,
        launchTemplate: { id: card.id, version: card.latestVersion.apply(String) },
        keyName: keyName(aws, name, given, known, child),
        iamInstanceProfile: profile,
        metadataOptions: METADATA,
        rootBlockDevice: { volumeType: "gp3", volumeSize: known.diskGiB, encrypted: true, tags },
        monitoring: true,
        userData: value("userData"),
        userDataReplaceOnChange: true,
        tags,
      },
      {
        ...child,
        // A machine keeps what it was made of: a newer image would otherwise replace it on the day that its maker
        // publishes it, and another key pair on the day that somebody's key changes.
        ignoreChanges: given.followImage ? [] : ["ami", "keyName", "userData"],
        // Another family or architecture has another image, and perhaps another user.
        replacementTrigger: known.parameter,
        // The provider would only note another card, not give it to the machine.
        replaceOnChanges: ["launchTemplate"],
      },
    );
    const elastic = given.elasticIp
      ? new aws.ec2.Eip(`${name}-address`, { domain: "vpc", instance: instance.id, tags }, child)
      : undefined;
    const publicIp = elastic?.publicIp ?? instance.publicIp;

    const machine = {
      id: instance.id,
      connection: {
        host: proxy ? instance.privateIp : publicIp,
        port: known.sshPort,
        user: known.user,
        privateKey,
        agent,
        agentSocketPath,
        proxy,
      },
      dials: known.bootTimeout.apply(dialing),
      known,
    };
    this.hostKey = firstSight(name, machine, child);
    const pinned = { ...machine, connection: { ...machine.connection, hostKey: this.hostKey } };
    const ready = firstBoot(name, pinned, child);
    // Whoever takes the address from here waits until the machine is ready.
    const host = pulumi.all([pinned.connection.host, ready.id]).apply(([address]) => address);

    this.instanceId = instance.id;
    this.address = pulumi.all([publicIp, instance.privateIp]).apply(([outer, inner]) => outer || inner);
    this.privateAddress = instance.privateIp;
    this.user = known.user;
    INSIDE.set(this, { connection: { ...pinned.connection, host }, instance, profile });
    const { instanceId, address, privateAddress, user, hostKey } = this;
    this.registerOutputs({ instanceId, address, privateAddress, user, hostKey });
  }

  /** How SSH reaches the machine, once it is ready: for HostTuning. */
  get connection(): ConnectionArgs {
    return inside(this).connection;
  }

  /** The name of its instance profile. */
  get profile(): pulumi.Output<string | undefined> {
    return inside(this).profile;
  }

  /** The machine itself: for `deletedWith`. */
  get instance(): pulumi.CustomResource {
    return inside(this).instance;
  }
}

function inside(host: Ec2Host): Inside {
  const found = INSIDE.get(host);
  if (!found) throw new Error("unreachable: a machine without its inside");
  return found;
}
