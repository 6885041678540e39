import type { Client } from "ssh2";
import { dial, type Connection } from "./connection";

/** More than that no answer has. Unit: characters. */
const MOST = 2 ** 20;

/**
 * Logs in once, runs a command, and returns what it prints.
 * @param seconds for all of it
 * @throws Error that says why there is no answer
 */
export async function ask(connection: Connection, command: string, seconds: number): Promise<string> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const client = await dial(connection, { status: () => undefined, signal });
  try {
    return await answer(client, command, signal, seconds);
  } finally {
    client.end();
  }
}

function answer(client: Client, command: string, signal: AbortSignal, seconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(reason));
    signal.addEventListener("abort", () => fail(`no answer within ${seconds} seconds`));
    client.on("error", ({ message }) => fail(message));
    client.on("close", () => fail("the connection was closed"));
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let [out, said] = ["", ""];
      channel.on("data", (chunk: Buffer) => (out = out.length > MOST ? out : out + chunk.toString()));
      channel.stderr.on(
        "data",
        (chunk: Buffer) => (said = said.length > MOST ? said : said + chunk.toString()),
      );
      channel.on("error", ({ message }: Error) => fail(message));
      channel.on("close", (code?: number) =>
        code === 0 ? resolve(out) : fail(said.trim() || `exit status ${code ?? "unknown"}`),
      );
      channel.end();
    });
  });
}
