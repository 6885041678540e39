import { spawn } from "node:child_process";
import { once } from "node:events";
import type { LoadNetwork } from "../../lab/load/network";

/** A program that listens, and how it is dealt with. */
export interface Server {
  readonly command: string;
  readonly args: readonly string[];
  /** What it says once it listens. */
  readonly ready: string;
  /** @default SIGTERM */
  readonly stop?: NodeJS.Signals;
  /** As setpriv names them: what it runs as. */
  readonly as?: readonly string[];
}

/** For its end, when it is told to stop. Unit: milliseconds. */
const PATIENCE = 10_000;

/** Runs it on this end of the load's network, as long as the work takes; it ends with this process too. */
export async function withServer<T>(
  network: LoadNetwork,
  { command, args, ready, stop = "SIGTERM", as = [] }: Server,
  work: () => Promise<T>,
): Promise<T> {
  const atDeath = `--pdeathsig=${stop.replace("SIG", "")}`;
  const line = network.inside("setpriv", [...as, atDeath, command, ...args]);
  const server = spawn(...line, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "close");
  let said = "";
  const listening = new Promise<void>((resolve) => {
    for (const stream of [server.stdout, server.stderr])
      stream.on("data", (data: Buffer) => {
        if (said.includes(ready)) return; // of what comes afterwards nothing is kept
        said += data.toString();
        if (said.includes(ready)) resolve();
      });
  });
  try {
    await Promise.race([listening, ended.then(() => Promise.reject(new Error(`${command} ended: ${said}`)))]);
    return await work();
  } finally {
    server.kill(stop);
    const timer = setTimeout(() => server.kill("SIGKILL"), PATIENCE);
    await ended;
    clearTimeout(timer);
  }
}
