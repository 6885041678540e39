import { spawnSync } from "node:child_process";
import { hostProgram } from "../components/steps/program";
import { hostAudit } from "../components/steps/command";
import { stepInputs } from "../components/steps/steps";
import type { Plan } from "../components/tuning/plan";
import type { ReportedHost, ReportedSetting } from "../components/tuning/report";

/** What a host says of itself: components/host/heavyload/audit.py. */
export interface HostAudit {
  /** Who tunes it already; empty: nobody. */
  readonly owner: string;
  readonly host: ReportedHost;
  readonly settings: readonly ReportedSetting[];
  /** What applying the plan would change, a line each. */
  readonly changes: readonly string[];
  /** The files among that, as `diff -u` has them. */
  readonly files: readonly { readonly path: string; readonly diff: string }[];
  readonly refused: readonly Refusal[];
  readonly usage: readonly Usage[];
}

/** What stands in the way of applying it. */
export interface Refusal {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly where: string;
  readonly wayOut: string;
}

/** How much of a limit is in use at this moment. */
export interface Usage {
  readonly limit: string;
  readonly used: number;
  readonly of: number;
  readonly where: string;
}

/** It takes nothing, so that whoever owns the host is no obstacle. */
const NOBODY = { stack: "nobody/audit/audit", adopt: true };

/**
 * Asks a host by OpenSSH: its configuration, agent and known hosts are the person's own, and so are its questions.
 * @throws Error that says why the host cannot be asked
 */
export function askHost(ssh: readonly string[], plan: Plan, allowUntested: boolean): HostAudit {
  const input = stepInputs(plan, { ...NOBODY, allowUntested }, hostProgram()).get("host") ?? "";
  const done = spawnSync("ssh", [...ssh, hostAudit], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["pipe", "pipe", "inherit"],
  });
  // It may end before it has read all that it is given: its exit status says more.
  const { code } = (done.error ?? {}) as NodeJS.ErrnoException;
  if (done.error && code !== "EPIPE") throw new Error(`ssh cannot be run: ${done.error.message}`);
  if (done.status !== 0)
    throw new Error(`ssh ended with exit status ${done.status}: the lines above say why`);
  // A login shell may print a greeting of its own.
  const line = done.stdout.split("\n").find((text) => text.startsWith('{"owner"'));
  if (line === undefined) throw new Error(`the host said something else: ${done.stdout.slice(0, 200)}`);
  return JSON.parse(line) as HostAudit;
}
