import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../run";
import type { MachineFolder } from "./folder";

const TETHER = join(__dirname, "tether.sh");
/** Of this checkout or another one. */
const PROGRAM = "/lab/machine/tether.sh";
/** How long a killed machine may take to go. Unit: milliseconds. */
const END = 10_000;
/** This process's ends of the tethers of machines that it has started, by folder. */
const tethers = new Map<string, Socket>();

/**
 * Starts what a machine is made of, in the machine's folder. It ends with this process, and its folder with it, until
 * `keep` is called: neither a Ctrl-C nor a SIGKILL leaves anything.
 * @returns what is known of its end, once it has ended
 */
export function start(folder: MachineFolder, command: readonly string[]): Promise<string> {
  rmSync(folder.ready, { force: true });
  writeFileSync(folder.console, "");
  const log = openSync(folder.log, "w");
  // `detached` is setsid(): no signal to the starter's process group or terminal reaches it. It holds no pipe of the
  // starter's output either, or whoever waits for the end of that would wait for the machine.
  const child = spawn("sh", [TETHER, folder.tag, ...command], {
    cwd: folder.path,
    env: process.env,
    detached: true,
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  if (child.pid !== undefined) writeFileSync(folder.pid, String(child.pid));
  child.unref();
  const tether = child.stdin as Socket; // as pipes are
  tether.unref();
  tether.on("error", () => undefined); // a machine that has ended
  tethers.set(folder.path, tether);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) =>
      resolve(`it ended with ${signal ?? `exit status ${code}`}: ${lastLines(folder.log, 4)}`),
    );
  });
}

/** The machine outlives this process, if it is this one that started it. */
export async function keep(folder: MachineFolder): Promise<void> {
  const tether = tethers.get(folder.path);
  tethers.delete(folder.path);
  if (tether) await new Promise<void>((resolve) => tether.end("keep\n", () => resolve()));
}

/**
 * The id of the process that is the machine, if it runs. Ids are used again: only one that works in the machine's folder
 * is the machine's. A zombie has no command line.
 */
export function runningPid(folder: MachineFolder): number | undefined {
  const pid = Number(readOrNothing(folder.pid));
  const known = Number.isInteger(pid) && pid > 1 && readOrNothing(`/proc/${pid}/cmdline`).includes(PROGRAM);
  return known && workingFolder(pid) === folder.path ? pid : undefined;
}

/** Ends the machine at once, which is a power cut to it, and waits until all of it is gone. Returns whether it ran. */
export async function kill(folder: MachineFolder): Promise<boolean> {
  const pid = runningPid(folder);
  if (pid !== undefined) process.kill(-pid, "SIGKILL"); // the group: also what has just been started
  for (const end = Date.now() + END; ; await sleep(10)) {
    const left = workingIn(folder);
    if (left.length === 0) break;
    if (Date.now() > end)
      throw new Error(
        `Processes of the machine in ${folder.path} are there ${END / 1000} s after its end: ${left.join(", ")}. ` +
          `Look at their state: ps -p ${left.join(",")}`,
      );
  }
  // Only now: whoever holds the other end takes a machine that still ends for one whose owner has gone.
  tethers.get(folder.path)?.destroy();
  tethers.delete(folder.path);
  await run("sh", [TETHER, "--sweep", folder.tag]);
  return pid !== undefined;
}

/** The processes that the machine is made of, seen from this computer: of the session that `start` has begun. */
function workingIn(folder: MachineFolder): number[] {
  const session = Number(readOrNothing(folder.pid));
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => sessionOf(pid) === session && workingFolder(pid) === folder.path);
}

/** The name in /proc/PID/stat may hold blanks and brackets. A zombie is nobody any more. */
function sessionOf(pid: number): number | undefined {
  const [state, , , session] = (readOrNothing(`/proc/${pid}/stat`).split(") ").at(-1) ?? "").split(" ");
  return state === "Z" ? undefined : Number(session);
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

export function lastLines(path: string, count: number): string {
  return readOrNothing(path).trim().split("\n").slice(-count).join("\n");
}

export function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
