/** Takes one line for people to read, without its newline. */
export type Say = (line: string) => void;

export const toStderr: Say = (line) => void process.stderr.write(`${line}\n`);

/** Nobody waits longer than this without a sign of life. Unit: milliseconds. */
const SILENCE = 4_500;

/** Says `text`, or what it returns by then, and the seconds gone every few seconds until the promise is settled. */
export async function heartbeat<T>(say: Say, text: string | (() => string), promise: Promise<T>): Promise<T> {
  const start = Date.now();
  const now = typeof text === "string" ? () => text : text;
  const timer = setInterval(() => say(`  ${now()} (${Math.round((Date.now() - start) / 1000)} s)`), SILENCE);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}
