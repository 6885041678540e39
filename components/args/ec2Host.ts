import type * as pulumi from "@pulumi/pulumi";
import type { SshEndpointArgs } from "./connection";

/**
 * A machine on EC2. It keeps what it was made of; another image family, architecture, subnet, security group or
 * connection tracking time-out makes another machine.
 */
export interface Ec2HostArgs {
  /** Type of the machine: `c8g.xlarge`. Its letters also decide between images for arm64 and for x86_64. */
  instanceType: pulumi.Input<string>;
  /**
   * Family of the image: `debian-12`, `debian-13`, `ubuntu-22.04`, `ubuntu-24.04`, `ubuntu-26.04` or `al2023`. Its
   * newest image is taken, and the first user follows it. Another one makes another machine.
   * Default: debian-12.
   */
  image?: pulumi.Input<string>;
  /**
   * Id of an image of one's own, made from one of that family: `ami-…`.
   * Default: the family's newest.
   */
  ami?: pulumi.Input<string>;
  /**
   * Replace the machine as soon as there is a newer image, another `ami`, key pair or `userData`.
   * Default: false: a machine keeps what it was made of.
   */
  followImage?: boolean;
  /**
   * The user that the image lets in.
   * Default: the family's: admin, ubuntu, ec2-user.
   */
  user?: pulumi.Input<string>;
  /** Where SSH comes from: ranges (`203.0.113.0/24`), security groups (`sg-…`) or prefix lists (`pl-…`). Not everywhere. */
  sshFrom: string[];
  /**
   * Where HTTP and HTTPS come from, likewise; behind a load balancer its security group.
   * Default: everywhere: 0.0.0.0/0 and ::/0.
   */
  webFrom?: string[];
  /** The text of a private key in PEM or OpenSSH form, without a pass phrase. One of the three ways to log in. */
  privateKey?: pulumi.Input<string>;
  /**
   * Log in by the SSH agent of whoever runs Pulumi, by `$SSH_AUTH_SOCK` at that time: nothing of it is in the state. One
   * of the three ways to log in.
   * Default: false.
   */
  agent?: pulumi.Input<boolean>;
  /** Path of an SSH agent's socket; keeps the key out of the state. One of the three ways to log in. */
  agentSocketPath?: pulumi.Input<string>;
  /** The public half of the key, `ssh-ed25519 AAAA…`: a key pair is made of it. Either this or `keyName`. */
  publicKey?: pulumi.Input<string>;
  /** Name of a key pair that is there already. Either this or `publicKey`. */
  keyName?: pulumi.Input<string>;
  /**
   * TCP port of the image's sshd, 1 to 65535.
   * Default: 22.
   */
  sshPort?: pulumi.Input<number>;
  /**
   * A bastion host that SSH goes through, to the machine's private address.
   * Default: none: SSH goes to the public address.
   */
  proxy?: SshEndpointArgs;
  /**
   * Subnet.
   * Default: one of the default VPC's.
   */
  subnetId?: pulumi.Input<string>;
  /**
   * Security groups besides the one that is made.
   * Default: none.
   */
  securityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * A public address that stays when the machine is replaced.
   * Default: false.
   */
  elasticIp?: boolean;
  /**
   * Name of an instance profile.
   * Default: one is made, with AmazonSSMManagedInstanceCore.
   */
  instanceProfile?: pulumi.Input<string>;
  /**
   * Size of the disk. Unit: GiB. Range: 8 to 16384.
   * Default: 20.
   */
  diskGiB?: pulumi.Input<number>;
  /**
   * What cloud-init runs at the first boot, such as a script that fetches the application. At most 16 KiB; anybody on
   * the machine and whoever sees the state can read it: no secrets. A change is for new machines.
   * Default: none.
   */
  userData?: pulumi.Input<string>;
  /**
   * After how long without a packet the security group forgets a connection, which then hangs. Above the kernel's
   * keep-alive, which a tier sets to 300. Unit: seconds. Range: 60 to 432000.
   * Default: 350.
   */
  connectionTrackingSeconds?: pulumi.Input<number>;
  /**
   * How long to wait until a new machine answers. Unit: seconds. Range: 5 to 3600.
   * Default: 600.
   */
  bootTimeout?: pulumi.Input<number>;
  /**
   * Tags of everything that can have some, beside Name.
   * Default: none.
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Go ahead with an image family of which heavyload's tests say nothing: al2023.
   * Default: false.
   */
  allowUntested?: pulumi.Input<boolean>;
}
