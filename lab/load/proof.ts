import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderTable, type Column } from "../../components/tuning/table";
import { machineFolder, readRecord } from "../machine/folder";
import type { Say } from "../progress";
import type { Counts } from "./holder";
import { loadHindrance, LoadNetwork } from "./network";
import { offer, type Load } from "./offer";
import { paceOf } from "./pace";
import { STATIC_PAGE } from "./target";

/** A row of the proof: what was offered, and what became of it. */
export interface Proof {
  readonly title: string;
  readonly load: Load;
  readonly counts: Counts;
}

const TIMEOUT = 60;
/** Who answers, one after the other, and what is asked for. */
const PATHS = { nginx: STATIC_PAGE, Django: "/" } as const;

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "offered" },
  { title: "answered 200" },
  { title: "held at once" },
  { title: "5xx" },
  { title: "refused or reset" },
  { title: "no answer yet" },
];

/**
 * Offers connections to the machine as it is, with a request on each: to one after the other of those who answer.
 * Returns why it was left out where there can be no load.
 */
export async function prove(
  name: string,
  title: string,
  connections: number,
  say: Say,
): Promise<readonly Proof[] | string> {
  const hindrance = loadHindrance(name);
  if (hindrance) return hindrance;
  const accelerator = readRecord(machineFolder(name))?.accelerator ?? "";
  const pace = paceOf(accelerator);
  return LoadNetwork.during(name, async (network) => {
    const proofs: Proof[] = [];
    for (const [who, path] of Object.entries(PATHS)) {
      const load = { path, connections, pace, timeout: TIMEOUT };
      say(`  ${who}: ${path}`);
      proofs.push({ title: `${title}, ${who}`, load, counts: await offer(network, load, say) });
    }
    return proofs;
  });
}

export function renderProofs(proofs: readonly Proof[]): string {
  const rows = proofs.map(({ title, counts: { offered, statuses, held, refused, reset, timedOut } }) => {
    const failed = Object.entries(statuses).filter(([status]) => !status.startsWith("2"));
    const errors = failed.reduce((sum, [, count]) => sum + count, 0);
    return [title, offered, statuses["200"] ?? 0, held, errors, refused + reset, timedOut].map(String);
  });
  return renderTable(COLUMNS, rows);
}

/** What was measured before the machine was tuned is kept beside it: later runs find it tuned. */
const keptIn = (name: string): string => join(machineFolder(name).path, "before.json");

export function keep(name: string, proofs: readonly Proof[]): void {
  writeFileSync(keptIn(name), `${JSON.stringify(proofs, null, 2)}\n`);
}

export function kept(name: string): readonly Proof[] {
  return existsSync(keptIn(name)) ? (JSON.parse(readFileSync(keptIn(name), "utf8")) as Proof[]) : [];
}
