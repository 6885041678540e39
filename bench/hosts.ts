import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { findEngine } from "../lab/engine";
import { linesOf, LOAD } from "../lab/drive/load";
import { Logins, TestStack } from "../lab/drive/stack";
import { bootMachine, removeMachine, type Machine } from "../lab/machine";
import { toStderr as say } from "../lab/progress";
import { renderTable } from "../components/tuning/table";
import { median } from "./median";
import { seconds } from "./seconds";

const COUNTS = [1, 2, 4, 8, 16];
const nameOf = (index: number): string => `bench-host-${index + 1}`;

interface Run {
  readonly seconds: number;
  readonly destroySeconds: number;
  /** Of the engine alone. Unit: MiB. */
  readonly peak: number;
  /** Of all hosts together. */
  readonly logins: number;
}

/** The most memory that a program has had while `work` ran. Unit: MiB. */
async function peakOf(program: string, work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      try {
        if (readlinkSync(`/proc/${pid}/exe`) !== program) continue;
        const [, most = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
        peak = Math.max(peak, Number(most) / 1024);
      } catch {
        continue; // it has just ended
      }
  }, 100);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}

/** `pulumi up` of several container hosts in one stack: one of them first, then all the others at once. */
export async function benchHosts(rounds: number): Promise<void> {
  const engine = await findEngine(say);
  const machines: Machine[] = [];
  const logins: Logins[] = [];
  const results = new Map<number, Run[]>();
  try {
    for (let round = 1; round <= rounds; round++)
      for (const count of COUNTS) {
        while (machines.length < count) {
          const machine = await bootMachine(nameOf(machines.length), say, { kind: "container" });
          machines.push(machine);
          logins.push(new Logins(machine));
        }
        say(`round ${round} of ${rounds}, ${count} hosts`);
        const run = await once(engine.pulumi, machines.slice(0, count), logins.slice(0, count));
        results.set(count, [...(results.get(count) ?? []), run]);
      }
    const of = (count: number, field: keyof Run): number =>
      median((results.get(count) ?? []).map((run) => run[field]));
    console.log(`\n${engine.source}\n${engine.commandPluginLine}\nmedians of ${rounds}\n`);
    console.log(
      renderTable(
        ["hosts", "pulumi up", "of one's", "destroy", "engine's peak", "logins a host"].map((title) => ({
          title,
        })),
        COUNTS.map((count) => [
          String(count),
          `${of(count, "seconds").toFixed(1)} s`,
          `${(of(count, "seconds") / of(1, "seconds")).toFixed(2)}x`,
          `${of(count, "destroySeconds").toFixed(1)} s`,
          `${of(count, "peak").toFixed(0)} MiB`,
          (of(count, "logins") / count).toFixed(1),
        ]),
      ),
    );
  } finally {
    for (const { name } of machines) await removeMachine(name, say);
  }
}

async function once(pulumi: string, machines: readonly Machine[], logins: readonly Logins[]): Promise<Run> {
  const stack = await TestStack.make("bench-hosts");
  try {
    const named = machines.map((machine) => [machine.name, machine] as const);
    const hosts = Object.fromEntries(
      named.map(([name, { host, port, user, hostKey }]) => [name, { host, port, user, hostKey }]),
    );
    stack.write([`hosts: ${JSON.stringify(hosts)}`, "maxParallel: 16", ...linesOf(LOAD)]);
    for (const [name, { privateKey }] of named) await stack.secret(`hosts.${name}.privateKey`, privateKey);
    for (const one of logins) await one.since();
    const verb = async (word: "up" | "destroy"): Promise<unknown> =>
      stack.pulumi.must(word, ["--yes", "--skip-preview", "--parallel", "64"]);
    let taken = 0;
    const peak = await peakOf(pulumi, async () => (taken = await seconds(() => verb("up"))));
    let count = 0;
    for (const one of logins) count += await one.since();
    const destroySeconds = await seconds(() => verb("destroy"));
    return { seconds: taken, destroySeconds, peak, logins: count };
  } finally {
    stack.remove();
  }
}
