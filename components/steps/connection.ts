import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { checkConnection, checkEndpoint, endpointProblems } from "../checks/connection";
import { isLater, whenKnown } from "../checks/later";
import { refuse } from "../checks/refuse";
import type { ConnectionArgs, SshEndpointArgs } from "../args/connection";

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
      refuse(path, endpointProblems(path, name, known));
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
