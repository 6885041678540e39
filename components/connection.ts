import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { checkConnection, checkEndpoint, fieldProblems } from "./connectionProblems";
import { isLater, whenKnown } from "./later";
import { refuse } from "./refuse";

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

export const DEFAULT_PORT = 22;
const DEFAULT_USER = "root";

type Command = types.input.remote.ConnectionArgs;
type Proxy = types.input.remote.ProxyConnectionArgs;

/** How long and how often to try to reach a host. */
export type Dialing = Pick<Command, "dialErrorLimit" | "perDialTimeout">;

/** Of arguments that hold a login, the part that the state may not show. */
type Login = Partial<Pick<ConnectionArgs, "privateKey" | "password" | "proxy">>;

/** The arguments as the state may hold them: the key and the password are secret, and nothing else. */
export function withSecrets<T extends Login>(args: pulumi.Input<T>): pulumi.Input<T> {
  if (isLater(args)) return pulumi.secret<unknown>(args);
  const given = args as T;
  if (!given.proxy) return secretive(given);
  const through = isLater(given.proxy)
    ? pulumi.secret(given.proxy)
    : secretive(given.proxy as SshEndpointArgs);
  return { ...secretive(given), proxy: through as pulumi.Input<SshEndpointArgs> };
}

const secretive = <T extends Login>(endpoint: T): T => ({
  ...endpoint,
  ...(endpoint.privateKey !== undefined && { privateKey: pulumi.secret(endpoint.privateKey) }),
  ...(endpoint.password !== undefined && { password: pulumi.secret(endpoint.password) }),
});

/** What remote.Command wants, field by field: it prints the whole of a connection that has a field it does not know. */
export function commandConnection(
  connection: pulumi.Input<ConnectionArgs>,
  dialing: Dialing,
): pulumi.Input<Command> {
  return whenKnown<ConnectionArgs, Command>(connection, (given) => {
    if (isLater(connection)) refuse("connection", checkConnection(given));
    return {
      ...endpoint("connection", given, dialing),
      ...(given.proxy && { proxy: proxy(given.proxy, dialing) }),
    };
  });
}

function proxy(given: pulumi.Input<SshEndpointArgs>, dialing: Dialing): pulumi.Input<Proxy> {
  return whenKnown<SshEndpointArgs, Proxy>(given, (known) => {
    if (isLater(given)) refuse("connection.proxy", checkEndpoint("connection.proxy", known));
    return endpoint("connection.proxy", known, dialing);
  });
}

function endpoint(path: string, args: SshEndpointArgs, dialing: Dialing): Proxy {
  const { host, port, user, privateKey, agentSocketPath, password, hostKey } = secretive(args);
  const checked = <T>(name: keyof SshEndpointArgs, value: pulumi.Input<T> | undefined, fallback?: T) =>
    whenKnown<T | undefined, T | undefined>(value, (known) => {
      refuse(path, fieldProblems(path, name, known));
      return known ?? fallback;
    }) as pulumi.Input<T>;
  return {
    host: checked("host", host),
    port: checked("port", port, DEFAULT_PORT),
    user: checked("user", user, DEFAULT_USER),
    ...(privateKey !== undefined && { privateKey: checked("privateKey", privateKey) }),
    ...(agentSocketPath !== undefined && { agentSocketPath: checked("agentSocketPath", agentSocketPath) }),
    ...(password !== undefined && { password: checked("password", password) }),
    ...(hostKey !== undefined && { hostKey: checked("hostKey", hostKey) }),
    ...dialing,
  };
}

/** Where a host is and who logs in, without the secrecy of the key beside them. */
export interface Address {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly user: pulumi.Output<string>;
  /** What tells the host from another. */
  readonly identity: pulumi.Output<string>;
}

export function addressOf(connection: pulumi.Input<ConnectionArgs>): Address {
  const pick = <T>(field: (given: ConnectionArgs) => pulumi.Input<T> | undefined) => {
    const found = pulumi.output(whenKnown(connection, field) as pulumi.Input<T | undefined>);
    // From other languages a connection comes as a whole, and with its key in it as a secret as a whole.
    return isLater(connection) ? pulumi.unsecret(found) : found;
  };
  // `??` on what an output holds: one that turns out to be empty is as good as none.
  const host = pick(({ host }) => host).apply((host) => host ?? "");
  const port = pick(({ port }) => port).apply((port) => port ?? DEFAULT_PORT);
  const keys = pulumi.all([pick(({ identity }) => identity), pick(({ hostKey }) => hostKey)]);
  return {
    host,
    port,
    user: pick(({ user }) => user).apply((user) => user ?? DEFAULT_USER),
    identity: pulumi
      .all([keys, host, port])
      .apply(([[own, key], host, port]) => own ?? (key ? withoutComment(key) : `${host}:${port}`)),
  };
}

/** A public key's kind and itself. */
const withoutComment = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(" ");
