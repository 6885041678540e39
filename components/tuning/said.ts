/**
 * The first line of what a host's program has printed that begins so, without what a login shell has printed before: a
 * greeting of its own, with a line's end or without.
 */
export function saidIn(stdout: string, begin: string): string | undefined {
  const line = stdout.split("\n").find((text) => text.includes(begin));
  return line?.slice(line.indexOf(begin));
}

const LONGEST = 2_000;

/** Text from a host for a terminal: without signs that control it, and no line without end. */
export const forTerminal = (text: string): string =>
  text
    .replace(/[^\P{C}\n\t]/gu, " ")
    .split("\n")
    .map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line))
    .join("\n");
