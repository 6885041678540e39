import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { Client, utils, type AnyAuthMethod, type ConnectConfig, type ParsedKey } from "ssh2";
import { withRetry, type RetryOptions } from "./retry";

/** One SSH server, after the check has filled in the defaults. */
export interface SshServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  readonly agentSocketPath?: string;
  readonly dialErrorLimit: number;
  /** Unit: seconds; 0: no limit. */
  readonly perDialTimeout: number;
  /** A line of a `.pub` file; without it any host key will do. */
  readonly hostKey?: string;
}

export interface Connection extends SshServer {
  readonly proxy?: SshServer;
}

export type DialOptions = Pick<RetryOptions, "status" | "signal">;

/** Connects, through the proxy if there is one; the caller ends the client, and with it the proxy's. */
export async function dial(connection: Connection, options: DialOptions): Promise<Client> {
  if (!connection.proxy) return dialServer(connection, "Dial", options);
  try {
    const proxy = await dialServer(connection.proxy, "Dial proxy", options);
    try {
      const client = await dialServer(connection, "Dial from proxy", options, () =>
        forward(proxy, connection),
      );
      client.on("close", () => proxy.end());
      return client;
    } catch (error) {
      proxy.end();
      throw error;
    }
  } catch (error) {
    throw new Error(`proxy: ${(error as Error).message}`, { cause: error });
  }
}

async function dialServer(
  server: SshServer,
  what: string,
  options: DialOptions,
  socket?: () => Promise<Duplex>,
): Promise<Client> {
  const config = await connectConfig(server);
  const attempt = async () => handshake(server, socket ? { ...config, sock: await socket() } : config);
  return withRetry(attempt, { what, errorLimit: server.dialErrorLimit, ...options });
}

/** What can be wrong here is wrong for good: it is thrown at once, not retried. */
async function connectConfig(server: SshServer): Promise<ConnectConfig> {
  const hostKey = server.hostKey === undefined ? undefined : parseHostKey(server.hostKey);
  return {
    host: server.host,
    port: server.port,
    username: server.user,
    readyTimeout: server.perDialTimeout * 1000,
    // Only the type of the key that is known, as in the official plugin: a server offers one key a type.
    ...(hostKey && { algorithms: { serverHostKey: [hostKey.type] } }),
    ...(hostKey && { hostVerifier: (key: Buffer) => key.equals(hostKey.getPublicSSH()) }),
    authHandler: await authMethods(server),
  };
}

async function authMethods(server: SshServer): Promise<AnyAuthMethod[]> {
  const { user: username, password } = server;
  const methods: AnyAuthMethod[] = [{ type: "none", username }];
  if (server.privateKey !== undefined) {
    methods.push({
      type: "publickey",
      username,
      key: parsePrivateKey(server.privateKey, server.privateKeyPassword),
    });
  }
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
    });
  }
  const agent = server.agentSocketPath ?? process.env["SSH_AUTH_SOCK"];
  if (agent) {
    await checkSocket(agent);
    // Go's ssh package tries each method once: beside a key of its own, the agent's keys are never offered.
    if (server.privateKey === undefined) methods.push({ type: "agent", username, agent });
  }
  return methods;
}

function parsePrivateKey(text: string, passphrase: string | undefined): ParsedKey {
  const key = utils.parseKey(text, passphrase);
  if (!(key instanceof Error)) return key;
  if (/no passphrase given/.test(key.message))
    throw new Error("ssh: this private key is passphrase protected");
  if (/integrity check failed|bad passphrase/i.test(key.message)) {
    throw new Error("x509: decryption password incorrect");
  }
  throw new Error("ssh: no key found");
}

function parseHostKey(text: string): ParsedKey {
  const key = utils.parseKey(text);
  if (key instanceof Error) throw new Error("failed to parse host key: ssh: no key found");
  return key;
}

function checkSocket(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve();
    });
    socket.on("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(`dial unix ${path}: connect: ${REASONS[error.code ?? ""] ?? error.message}`)),
    );
  });
}

function forward(proxy: Client, to: SshServer): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
}

function handshake(server: SshServer, config: ConnectConfig): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const fail = (error: Error) => {
      client.destroy();
      reject(new Error(dialProblem(server, error)));
    };
    client.once("error", fail);
    client.once("close", () => fail(new Error("EOF")));
    client.once("ready", () => {
      client.removeAllListeners("close").removeAllListeners("error");
      resolve(client);
    });
    client.connect(config);
  });
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  ETIMEDOUT: "connection timed out",
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
};

/** The words of the official plugin (Go's net and ssh packages) for the problems that people meet. */
function dialProblem({ host, port }: SshServer, error: Error & { code?: string; level?: string }): string {
  if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN")
    return `dial tcp: lookup ${host}: no such host`;
  const reason = REASONS[error.code ?? ""];
  if (reason) return `dial tcp ${host}:${port}: connect: ${reason}`;
  if (error.level === "client-timeout") return `dial tcp ${host}:${port}: i/o timeout`;
  if (error.level === "client-authentication") {
    return "ssh: handshake failed: ssh: unable to authenticate, no supported methods remain";
  }
  const mismatch = /host denied|verification failed/i.test(error.message);
  return `ssh: handshake failed: ${mismatch ? "ssh: host key mismatch" : error.message}`;
}
