import { constants } from "node:os";
import type { Client } from "ssh2";
import { dial, type Connection } from "../../components/ssh/connection";
import type { ResourceLog } from "./engineLog";
import { Output, type CommandOutput, type Logging } from "./output";

export interface RemoteCommand {
  readonly command: string;
  readonly connection: Connection;
  readonly stdin?: string;
  readonly logging?: Logging;
  /** What an earlier run printed: offered to sshd, which takes only what its AcceptEnv lists. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Dials anew and runs one command. `signal` ends the dialling; once the command runs, it runs to its end: as in
 * the official plugin, a time-out does not reach it.
 */
export async function runRemote(
  run: RemoteCommand,
  log: ResourceLog,
  signal: AbortSignal,
): Promise<CommandOutput> {
  const client = await dial(run.connection, { status: log.status, signal });
  for (const name of Object.keys(run.environment)) log.warning(notAccepted(name));
  try {
    const output = new Output(run.logging, log.status);
    return output.end(run.command, await failureOf(client, run, output));
  } finally {
    client.end();
  }
}

const NO_STATUS = "wait: remote command exited without exit status or exit signal";

function failureOf(client: Client, run: RemoteCommand, output: Output): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let failure: string | undefined = NO_STATUS;
    client.on("error", () => undefined); // the close that follows ends it, without an exit status
    client.on("close", () => resolve(failure));
    client.exec(run.command, { env: { ...run.environment } }, (error, channel) => {
      if (error) return reject(error);
      channel.on("exit", (code: number | null, signal?: string, _core?: boolean, message?: string) => {
        failure = exitFailure(code, signal, message);
      });
      channel.on("data", (chunk: Buffer) => output.add("stdout", chunk));
      channel.stderr.on("data", (chunk: Buffer) => output.add("stderr", chunk));
      channel.on("error", () => undefined);
      channel.on("close", () => resolve(failure));
      channel.end(run.stdin ?? "");
    });
  });
}

function exitFailure(
  code: number | null,
  signal: string | undefined,
  message: string | undefined,
): string | undefined {
  if (code === 0) return undefined;
  if (!signal) return `Process exited with status ${code}`;
  const number = constants.signals[signal as NodeJS.Signals] ?? 0;
  const reason = message ? `. Reason was: ${message}` : "";
  return `Process exited with status ${128 + number} from signal ${signal.replace(/^SIG/, "")}${reason}`;
}

/** The official plugin says this where sshd refuses; ssh2 does not learn of that, so it is said always. */
const notAccepted = (name: string) =>
  `Unable to set '${name}'. This only works if your SSH server is configured to accept these variables via ` +
  "AcceptEnv. Set `addPreviousOutputInEnv: false` if the command does not need it";
