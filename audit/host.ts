import { spawnSync } from "node:child_process";
import { hostProgram } from "../components/steps/program";
import { hostAudit } from "../components/steps/command";
import { stepInputs } from "../components/steps/steps";
import { parseAudit, type HostAudit } from "../components/tuning/audit";
import type { Plan } from "../components/tuning/plan";

/** It takes nothing, so that whoever owns the host is no obstacle. */
const NOBODY = { stack: "nobody/audit/audit", adopt: true };

/** No answer is longer. Unit: bytes. */
const MOST = 1 << 26;

interface How {
  readonly allowUntested: boolean;
  /** For all of it. */
  readonly seconds: number;
}

/**
 * Asks a host by OpenSSH: its configuration, agent and known hosts are the person's own, and so are its questions.
 * @throws Error that says why the host cannot be asked
 */
export function askHost(ssh: readonly string[], plan: Plan, { allowUntested, seconds }: How): HostAudit {
  const input = stepInputs(plan, { ...NOBODY, allowUntested }, hostProgram()).get("host") ?? "";
  const done = spawnSync("ssh", [...ssh, hostAudit], {
    input,
    encoding: "utf8",
    maxBuffer: MOST,
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    stdio: ["pipe", "pipe", "inherit"],
  });
  // It may end before it has read all that it is given: its exit status says more.
  const { code } = (done.error ?? {}) as NodeJS.ErrnoException;
  if (code === "ETIMEDOUT")
    throw new Error(`the host gave no answer within ${seconds} seconds: --timeout gives it more`);
  if (code === "ENOBUFS") throw new Error(`the host said more than ${MOST >> 20} MiB`);
  if (done.error && code !== "EPIPE") throw new Error(`ssh cannot be run: ${done.error.message}`);
  if (done.signal) throw new Error(`ssh was ended by ${done.signal}`);
  if (done.status !== 0)
    throw new Error(`ssh ended with exit status ${done.status}: the lines above say why`);
  return parseAudit(done.stdout);
}
