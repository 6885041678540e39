import { spawn } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Unit: milliseconds; then SIGKILL. @default no limit */
  readonly timeout?: number;
  /** Called with each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** Exit status; 124 when the time was up, 127 when the program could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell and waits for its end. Never throws: a failure is a code. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      let rest = "";
      child[name].setEncoding("utf8");
      child[name].on("data", (chunk: string) => {
        text[name] += chunk;
        if (!options.onLine) return;
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) options.onLine(line);
      });
      child[name].on("end", () => rest && options.onLine?.(rest));
    }
    let late = false;
    const timer = options.timeout
      ? setTimeout(() => {
          late = true;
          child.kill("SIGKILL");
        }, options.timeout)
      : undefined;
    const end = (code: number, problem = "") => {
      clearTimeout(timer);
      resolve({ code: late ? 124 : code, stdout: text.stdout, stderr: text.stderr + problem });
    };
    child.on("error", (error) => end(127, `${command}: ${error.message}\n`));
    child.on("close", (code) => end(code ?? 1));
    child.stdin.on("error", () => undefined); // a program that ends before it has read everything
    child.stdin.end(options.input ?? "");
  });
}

/** As `run`, but a failure throws an error that holds the command and the end of its output. */
export async function must(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    const tail = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-12).join("\n");
    throw new Error(`\`${[command, ...args].join(" ")}\` failed with exit status ${result.code}:\n${tail}`);
  }
  return result.stdout;
}
