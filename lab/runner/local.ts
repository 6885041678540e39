import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { Output, type CommandOutput, type Logging } from "./output";

export interface LocalCommand {
  readonly command: string;
  readonly interpreter?: readonly string[];
  readonly dir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly logging?: Logging;
}

/** Runs a command on this machine; it has ended when its streams are closed, children it left behind included. */
export async function runLocal(
  run: LocalCommand,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<CommandOutput> {
  const output = new Output(run.logging, log);
  return output.end(run.command, await failureOf(run, output, signal));
}

function failureOf(run: LocalCommand, output: Output, signal: AbortSignal): Promise<string | undefined> {
  const [program = "", ...args] = run.interpreter?.length ? run.interpreter : ["/bin/sh", "-c"];
  const cwd = run.dir ?? process.cwd();
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return Promise.resolve(`chdir ${cwd}: no such file or directory`);
  }
  return new Promise((resolve) => {
    const child = spawn(program, [...args, run.command], {
      cwd,
      env: { ...process.env, ...run.environment },
      stdio: [run.stdin ? "pipe" : "ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
    let failure: string | undefined;
    child.stdout?.on("data", (chunk: Buffer) => output.add("stdout", chunk));
    child.stderr?.on("data", (chunk: Buffer) => output.add("stderr", chunk));
    child.stdin?.on("error", () => undefined); // a command that does not read all of its input is no error
    child.stdin?.end(run.stdin);
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.name !== "AbortError") failure = startFailure(program, error);
    });
    child.on("close", (code, name) => resolve(failure ?? exitFailure(code, name)));
  });
}

/** The texts of Go's os/exec, which the official plugin passes on. */
function startFailure(program: string, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT" && !program.includes("/")) {
    return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  }
  const reasons: Record<string, string> = {
    ENOENT: "no such file or directory",
    EACCES: "permission denied",
  };
  return `fork/exec ${program}: ${reasons[error.code ?? ""] ?? error.message}`;
}

const SIGNALS: Record<string, string> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGPIPE: "broken pipe",
  SIGTERM: "terminated",
};

function exitFailure(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal) return `signal: ${SIGNALS[signal] ?? signal}`;
  return code === 0 ? undefined : `exit status ${code}`;
}
