/** Takes one line for people to read, without its newline. */
export type Say = (line: string) => void;

export const toStderr: Say = (line) => void process.stderr.write(`${line}\n`);

/** Nobody waits longer than this without a sign of life. Unit: milliseconds. */
const SILENCE = 4_000;
const LOOK = 500;

/**
 * Does the work, and whenever nothing was said for some seconds says `text`, or what it returns by then, and the
 * seconds gone.
 * @param work is given the `say` that counts as a sign of life
 */
export async function watched<T>(
  say: Say,
  text: string | (() => string),
  work: (say: Say) => Promise<T>,
): Promise<T> {
  const start = Date.now();
  let last = start;
  const heard: Say = (line) => {
    last = Date.now();
    say(line);
  };
  const now = typeof text === "string" ? () => text : text;
  const look = () => {
    if (Date.now() - last >= SILENCE) heard(`  ${now()} (${Math.round((Date.now() - start) / 1000)} s)`);
  };
  const timer = setInterval(look, LOOK);
  try {
    return await work(heard);
  } finally {
    clearInterval(timer);
  }
}

/** As `watched`, for work that says nothing itself. */
export const heartbeat = <T>(say: Say, text: string | (() => string), promise: Promise<T>): Promise<T> =>
  watched(say, text, () => promise);
