import type * as pulumi from "@pulumi/pulumi";

/** A host that SSH reaches, how to log in there, and how to know that it is the right one. */
export interface SshEndpointArgs {
  /** Address or name. */
  host: pulumi.Input<string>;
  /**
   * TCP port of sshd, 1 to 65535.
   * Default: 22.
   */
  port?: pulumi.Input<number>;
  /**
   * The user to log in as: root, or one who may use sudo without a password.
   * Default: root.
   */
  user?: pulumi.Input<string>;
  /** The text of a private key in PEM or OpenSSH form, without a pass phrase. One of the four ways to log in. */
  privateKey?: pulumi.Input<string>;
  /**
   * Log in by the SSH agent of whoever runs Pulumi, by `$SSH_AUTH_SOCK` at that time: nothing of it is in the state, so
   * that another login or another computer destroys as well. One of the four ways to log in.
   * Default: false.
   */
  agent?: pulumi.Input<boolean>;
  /**
   * Path of an SSH agent's socket, where it is always the same one; keeps the key out of the state. One of the four ways
   * to log in.
   */
  agentSocketPath?: pulumi.Input<string>;
  /** The user's password. One of the four ways to log in. */
  password?: pulumi.Input<string>;
  /**
   * The host's public key: `ssh-ed25519 AAAA…` or `ecdsa-sha2-nistp256 AAAA…`, as in /etc/ssh/ssh_host_*_key.pub.
   * Required unless `insecureIgnoreHostKey` is true.
   */
  hostKey?: pulumi.Input<string>;
  /**
   * Take whatever host answers: anybody on the way can then read the password and run commands in the host's place.
   * Default: false.
   */
  insecureIgnoreHostKey?: pulumi.Input<boolean>;
}

/** The connection to the host that is tuned. */
export interface ConnectionArgs extends SshEndpointArgs {
  /**
   * What tells this host from another: a new one means another host, so that the old one is put back and the new one
   * tuned from the beginning. Another address, port or user of the same machine is none. Give a text of your own where
   * the host's key is to be changed.
   * Default: `hostKey`; with `insecureIgnoreHostKey` host:port.
   */
  identity?: pulumi.Input<string>;
  /**
   * A bastion host to go through.
   * Default: none.
   */
  proxy?: pulumi.Input<SshEndpointArgs>;
}
