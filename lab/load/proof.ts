import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderTable, type Column } from "../../components/tuning/table";
import { machineFolder } from "../machine/folder";
import type { Say } from "../progress";
import type { Counts } from "./holder";
import { loadHindrance, LoadNetwork } from "./network";
import { offer, type Load } from "./offer";

/** A row of the proof: what was offered, and what became of it. */
export interface Proof {
  readonly title: string;
  readonly load: Load;
  readonly counts: Counts;
}

const TIMEOUT = 60;
const STATIC = "/static/hello.txt";
const DJANGO = "/";

/** As many connections as the tier holds, arriving at a pace that the emulated machine can follow. */
const load = (path: string, connections: number, pace: number): Load => ({
  path,
  connections,
  pace,
  timeout: TIMEOUT,
});

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "offered" },
  { title: "answered 200" },
  { title: "held at once" },
  { title: "5xx" },
  { title: "refused or reset" },
  { title: "no answer yet" },
];

/** Offers connections to the machine as it is. Returns why it was left out where there can be no load. */
export async function prove(
  name: string,
  title: string,
  connections: number,
  say: Say,
): Promise<readonly Proof[] | string> {
  const hindrance = await loadHindrance();
  if (hindrance) return hindrance;
  const network = await LoadNetwork.open(name);
  try {
    const proofs: Proof[] = [];
    for (const [what, wanted] of [
      ["nginx", load(STATIC, connections, connections / 25)],
      ["Django", load(DJANGO, connections, connections / 25)],
    ] as const)
      proofs.push({ title: `${title}, ${what}`, load: wanted, counts: await offer(network, wanted, say) });
    return proofs;
  } finally {
    await network.close();
  }
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
