/** `logging` of a command: which of its streams go to the engine's log, line by line, as they come. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** The official plugin reads lines with Go's bufio.Scanner, which gives up at this length. Unit: bytes. */
const LONGEST_LINE = 64 * 1024;

/** Collects what a command prints. Both streams share one line buffer for the log, as in the official plugin. */
export class Output {
  private readonly chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
  private rest = Buffer.alloc(0);
  private tooLong = false;

  constructor(
    private readonly logging: Logging | undefined,
    private readonly log: (line: string) => void,
  ) {}

  add(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.chunks[stream].push(chunk);
    this.chunks.both.push(chunk);
    const logging = this.logging ?? "stdoutAndStderr";
    if (logging === stream || logging === "stdoutAndStderr") this.logLines(chunk);
  }

  /**
   * What the command printed, one newline less at the end of each stream; call it when both streams are closed.
   * `failure` says how the command failed: then an error is thrown that repeats the command and its output.
   */
  end(command: string, failure: string | undefined): CommandOutput {
    if (this.rest.length) this.logLine(this.rest);
    const text = (name: keyof Output["chunks"]) => Buffer.concat(this.chunks[name]).toString("utf8");
    const reason = failure ?? (this.tooLong ? TOO_LONG : undefined);
    if (reason) throw new Error(`${reason}: running ${goQuote(command)}:\n${text("both")}`);
    return { stdout: text("stdout").replace(/\n$/, ""), stderr: text("stderr").replace(/\n$/, "") };
  }

  private logLines(chunk: Buffer): void {
    if (this.tooLong) return;
    let text = Buffer.concat([this.rest, chunk]);
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10)) {
      this.logLine(text.subarray(0, end));
      text = text.subarray(end + 1);
    }
    this.rest = text;
    if (text.length >= LONGEST_LINE) this.giveUp();
  }

  private logLine(line: Buffer): void {
    if (line.length >= LONGEST_LINE) return this.giveUp();
    this.log(line.toString("utf8").replace(/\r$/, ""));
  }

  private giveUp(): void {
    this.tooLong = true;
    this.rest = Buffer.alloc(0);
  }
}

const TOO_LONG =
  "a line of 64 KiB or more in the logged output, on which the official command plugin hangs " +
  "(print shorter lines, or leave that stream out by `logging`)";

/** Go's %q, in which the official plugin prints the command. */
function goQuote(text: string): string {
  const named: Record<string, string> = { "\x07": "\\a", "\v": "\\v" };
  const hex = (char: string) => char.charCodeAt(0).toString(16);
  return JSON.stringify(text)
    .replace(/\\u00([0-9a-f]{2})/g, (_, code: string) => {
      const char = String.fromCharCode(parseInt(code, 16));
      return named[char] ?? `\\x${code}`;
    })
    .replace(/\x7f/g, "\\x7f")
    .replace(
      /[\x80-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060\ufeff]/g,
      (char) => `\\u${hex(char).padStart(4, "0")}`,
    );
}
