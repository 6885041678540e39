/**
 * The lab's SSH runner: a small stand-in for Pulumi's official command plugin 1.2.1, for networks where that cannot
 * be downloaded. It does local.Command, local.run and remote.Command, and says so in every run. It is for the lab:
 * nothing that is published uses it.
 *
 * It follows the official plugin: what counts as a failure and its text, what `stdout` and `stderr` hold, diffs and
 * replacement, defaults, secrets, dial retries, the host key check, log lines. Where it differs, it is stricter:
 * - CopyToRemote, CopyFile, `assetPaths`, `archivePaths`, and `environment` of a remote command are refused;
 * - an unknown `logging` is refused, where the official plugin logs nothing; all problems of a resource come at once,
 *   and without the value (which may be a key);
 * - a line of 64 KiB or more in logged output fails the command; the official plugin hangs on it;
 * - PULUMI_COMMAND_STDOUT and _STDERR for a remote command: the warning comes even where sshd accepts them;
 * - `perDialTimeout` bounds the whole SSH handshake, not the TCP connect alone; a proxy's forwarded connection is
 *   opened anew for each attempt; the connection is closed at the end of the command;
 * - the texts for rare dial problems, and for a failed login the list of methods tried, are not the same;
 * - nothing is said of the plugin's own schema and configuration.
 */
import { EngineLog } from "./engineLog";
import { serve } from "./server";

/** The engine's address is the argument that is no option (`--tracing` has a value). */
function engineAddress(args: readonly string[]): string {
  const address = args.find((arg, i) => !arg.startsWith("-") && args[i - 1] !== "--tracing");
  if (address) return address;
  throw new Error(
    "the engine's address is missing: this program is started by the Pulumi engine, not by hand",
  );
}

/** The version of the official plugin that the runner takes the place of; its launcher gives it. */
const VERSION = "--stands-for=";

/** An engine that was killed cannot say goodbye; nothing of it may stay behind. Unit: milliseconds. */
const ORPHAN_CHECK = 2000;

async function main(): Promise<void> {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(1), ORPHAN_CHECK).unref();
  const args = process.argv.slice(2);
  const version = args.find((arg) => arg.startsWith(VERSION))?.slice(VERSION.length) ?? "0.0.0";
  const port = await serve(new EngineLog(engineAddress(args)), version);
  process.stdout.write(`${port}\n`); // the engine reads this line
}

main().catch((error: Error) => {
  process.stderr.write(`lab runner: ${error.message}\n`);
  process.exit(1);
});
