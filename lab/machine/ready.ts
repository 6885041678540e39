import { get } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { heartbeat, type Say } from "../progress";
import type { MachineFolder } from "./folder";
import type { Machine } from "./machine";
import { lastLines, readOrNothing, runningPid } from "./process";
import { ssh } from "./ssh";

/** Unit: seconds. */
export const BOOT_TIMEOUT = 240;

const BOOT_ID = "cat /proc/sys/kernel/random/boot_id";

/** What the machine still lacks, or nothing when it is ready. */
type Lack = string | undefined;

/**
 * Waits until SSH answers, systemd has started every unit and the site answers on its port.
 * @param previous the id of a boot that is over: only another one counts
 */
export async function waitUntilReady(
  machine: Machine,
  folder: MachineFolder,
  say: Say,
  previous?: string,
): Promise<void> {
  const end = Date.now() + BOOT_TIMEOUT * 1000;
  let lack: Lack = "SSH does not answer yet";
  const progress = () => `${machine.name}: ${lack}; console: ${lastConsoleLine(folder)}`;
  const wait = async () => {
    for (;;) {
      lack = await missing(machine, end - Date.now(), previous, (stage) => (lack = stage));
      if (lack === undefined) return;
      const died = runningPid(folder) === undefined;
      if (died || Date.now() > end) throw notReady(machine, folder, died ? "it has ended" : lack);
      await sleep(100);
    }
  };
  await heartbeat(say, progress, wait());
}

function notReady(machine: Machine, folder: MachineFolder, lack: string): Error {
  return new Error(
    `The lab machine "${machine.name}" is not ready (at most ${BOOT_TIMEOUT} s are allowed): ${lack}.\n` +
      [...lastLines(folder.console, 12).split("\n"), lastLines(folder.log, 4)].map(plain).join("\n"),
  );
}

async function missing(
  machine: Machine,
  time: number,
  previous: string | undefined,
  stage: (lack: string) => void,
): Promise<Lack> {
  if (!(await greets(machine))) return "SSH does not answer yet";
  stage("SSH answers, units are starting");
  const timeout = Math.max(time, 1_000);
  const result = await ssh(machine, `systemctl is-system-running --wait; ${BOOT_ID}`, { timeout });
  const [state = "", boot] = result.stdout.trim().split("\n");
  if (boot === undefined) return `SSH answers, but no login yet (${result.stderr.trim() || state})`;
  if (boot === previous) return "the old boot is not over yet";
  if (state !== "running" && state !== "degraded") return `systemd says "${state}"`;
  stage("systemd has started every unit, the site does not answer yet");
  const status = await httpStatus(machine);
  return status === "200"
    ? undefined
    : `the site on port ${machine.httpPort} answers "${status}" instead of 200`;
}

/** QEMU accepts connections before there is anybody behind them: only sshd's own first bytes count. */
function greets(machine: Machine): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: machine.host, port: machine.port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    // What is sent to a container before its network is there is lost, and asked again too late.
    socket.setTimeout(machine.kind === "container" ? 200 : 2_000, () => end(false));
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

function httpStatus(machine: Machine): Promise<string> {
  return new Promise((resolve) => {
    const request = get({
      host: machine.host,
      port: machine.httpPort,
      path: "/",
      agent: false,
      timeout: 20_000,
    });
    request.once("timeout", () => request.destroy(new Error("no answer within 20 s")));
    request.once("error", (error) => resolve(error.message));
    request.once("response", (response) => {
      response.resume();
      resolve(String(response.statusCode));
    });
  });
}

/** The id that the kernel gave itself at this boot. Throws when SSH does not answer. */
export async function bootId(machine: Machine): Promise<string> {
  const result = await ssh(machine, BOOT_ID, { timeout: 60_000 });
  if (result.code !== 0)
    throw new Error(`The lab machine "${machine.name}" does not answer: ${result.stderr.trim()}`);
  return result.stdout.trim();
}

function lastConsoleLine(folder: MachineFolder): string {
  const line = readOrNothing(folder.console)
    .split(/[\r\n]+/)
    .map((text) => plain(text).trim())
    .filter((text) => text !== "")
    .at(-1);
  return line?.slice(0, 80) ?? "nothing yet";
}

const plain = (text: string): string => text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, ""); // eslint-disable-line no-control-regex -- colours of systemd's console
