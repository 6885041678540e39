import { resolve } from "node:path";
import type { ReportedSetting } from "../../components/tuning/report";
import { MODEST } from "../../lab/drive/load";
import { sshArguments, type Machine } from "../../lab/machine";
import { run } from "../../lab/run";

const PROJECT = resolve(__dirname, "../..");

/** What `heavyload audit --json` says, with its exit status. */
export interface Said {
  readonly code: number;
  readonly holds: boolean;
  readonly owner: string;
  readonly settings: readonly ReportedSetting[];
  readonly files: readonly { path: string; diff: string }[];
  readonly changes: readonly string[];
  readonly refused: readonly { what: string; found: string }[];
  readonly usage: readonly { limit: string; used: number; of: number }[];
  readonly breaksFirst: readonly { limit: string; at: number }[];
}

/** A machine against a capacity with the values of `MODEST`, by the command as a person calls it. */
export async function audit(
  machine: Machine,
  capacity: Readonly<Record<string, number>> = MODEST.capacity,
): Promise<Said> {
  const words = sshArguments(machine);
  const options = words.slice(0, words.indexOf("--")).map((word) => `--ssh=${word}`);
  const load = Object.entries(capacity).map(([name, value]) => `--capacity=${name}=${value}`);
  const own = Object.entries(MODEST.tuning).map(([name, value]) => `--set=${name}=${value}`);
  const args = [
    "-r",
    "tsx/cjs",
    "bin/heavyload.ts",
    "audit",
    words[words.length - 1] ?? "",
    ...options,
    ...load,
    ...own,
    "--json",
  ];
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: PROJECT });
  if (stdout === "") throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Said), code };
}
