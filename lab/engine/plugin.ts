import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { heartbeat, type Say } from "../progress";
import { must } from "../run";
import { failedLately, fetchAny, remember } from "./attempts";
import { isExecutable } from "./executable";
import { runnerFile } from "./runnerFile";
import { COMMAND_PLUGIN_VERSION as VERSION } from "./versions";

/** Either would do: where the engine downloads the plugin from. */
const SITES = ["https://api.github.com/", "https://get.pulumi.com/install.sh"];

/** 20 MB on a slow line. Unit: milliseconds. */
const PATIENCE = 300_000;

const LAUNCHER = "#!/bin/sh\n# Written by heavyload's lab; ";

const pluginFolder = (home: string) => join(home, "plugins", `resource-command-v${VERSION}`);
const executable = (home: string) => join(pluginFolder(home), "pulumi-resource-command");

/** The official plugin in that PULUMI_HOME: not a launcher of ours. */
export function hasOfficialPlugin(home: string): boolean {
  if (!isExecutable(executable(home))) return false;
  return !readFileSync(executable(home)).subarray(0, LAUNCHER.length).equals(Buffer.from(LAUNCHER));
}

/** Lets the engine download the official plugin. True if it is there now; else `say` has told why not. */
export async function installOfficialPlugin(
  pulumi: string,
  env: Readonly<Record<string, string>>,
  home: string,
  say: Say,
): Promise<boolean> {
  if (failedLately("plugin")) return false;
  try {
    const answer = await heartbeat(say, "looking for the official command plugin", fetchAny(SITES));
    await answer.body?.cancel(); // an unread answer keeps its connection, and this process, open
    const args = ["plugin", "install", "resource", "command", VERSION, "--reinstall"];
    const install = must(pulumi, args, { env, timeout: PATIENCE });
    await heartbeat(say, `downloading the command plugin ${VERSION}`, install);
    remember("plugin", hasOfficialPlugin(home));
    return hasOfficialPlugin(home);
  } catch (error) {
    say(`The official command plugin cannot be downloaded: ${(error as Error).message}`);
    remember("plugin", false);
    return false;
  }
}

/** Makes the official plugin of another PULUMI_HOME (the person's) the plugin of ours. */
export function linkOfficialPlugin(from: string, home: string): void {
  launch(home, "this starts the official plugin", [executable(from)]);
}

/** Makes the lab's runner the plugin of our PULUMI_HOME. */
export async function putRunner(home: string): Promise<void> {
  const command = [process.execPath, await runnerFile(), `--stands-for=${VERSION}`];
  launch(home, "the lab's SSH runner stands in for the official command plugin", command);
}

function launch(home: string, about: string, command: readonly string[]): void {
  const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  // `exec`: the engine ends the process that it started.
  const text = `${LAUNCHER}${about}.\nexec ${words} "$@"\n`;
  const path = executable(home);
  mkdirSync(pluginFolder(home), { recursive: true });
  if (isExecutable(path) && readFileSync(path, "utf8") === text) return;
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, text, { mode: 0o755 });
  renameSync(unfinished, path);
}
