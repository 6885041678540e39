import { setTimeout as sleep } from "node:timers/promises";
import { heartbeat, type Say } from "../progress";
import type { Counts, Order } from "./holder";
import { LoadProcess } from "./loadProcess";
import type { LoadNetwork } from "./network";
import { TARGET } from "./target";

/** How many connections are offered, and how. */
export interface Load extends Pick<Order, "path" | "others" | "probe"> {
  readonly connections: number;
  /** Unit: connections a second. */
  readonly pace: number;
  /** For an answer. Unit: seconds. */
  readonly timeout: number;
  /** The requests stay for longer than anybody looks: no answer is waited for, once all are offered. */
  readonly stays?: boolean;
  /** Asked twice a second: whether what is to be seen was seen, and no more are to be offered; absent: all are. */
  readonly enough?: () => boolean;
}

/** One process may open 20,000 descriptors where nobody raised that. */
const MOST_OF_ONE = 15_000;
/**
 * Each process has a source address of its own, and takes other ports than the load before it, below those that the kernel
 * gives out. The kernel looks for one that is free among all that are taken: of 100,000 connections that took more than half
 * of both CPUs.
 */
const FIRST_PORTS = [1_100, 17_000] as const;
let loads = 0;
/** Until a process is ready to begin. Unit: milliseconds. */
const START = 500;
/** After the last one is offered: it is under way. Unit: milliseconds. */
const UNDER_WAY = 2_000;
const NOTHING: Counts = { offered: 0, statuses: {}, refused: 0, reset: 0, timedOut: 0, held: 0 };

type Holder = LoadProcess<Counts>;

/**
 * Offers the connections and holds them all; returns what became of them once each is answered, lost or out of time.
 * @param whileHeld done before they are let go
 */
export async function offer(
  network: LoadNetwork,
  load: Load,
  say: Say,
  whileHeld: () => Promise<void> = () => Promise.resolve(),
): Promise<Counts> {
  const parts = Math.max(2, Math.ceil(load.connections / MOST_OF_ONE));
  if (parts >= network.sources.length)
    throw new Error(
      `${load.connections} connections are more than the load's ${network.sources.length} source addresses can open`,
    );
  const begin = Date.now() + START * parts;
  const firstPort = FIRST_PORTS[loads++ % FIRST_PORTS.length] ?? 0;
  const holders = Array.from({ length: parts }, (_, part) => {
    const source = network.sources[part] ?? "";
    return new LoadProcess<Counts>(
      network,
      "holder.ts",
      { ...orderOf(load, part, parts), source, firstPort, begin },
      NOTHING,
    );
  });
  const text = () => {
    const counts = total(holders);
    const { offered, held, refused, reset } = counts;
    const answered = answeredOf(counts);
    const waiting = offered - answered - refused - reset;
    return (
      `${offered} of ${load.connections} offered, ${answered} answered, ${held} held at once, ` +
      `${refused + reset} refused or reset, ${waiting} no answer yet`
    );
  };
  const work = async (): Promise<Counts> => {
    try {
      await settled(holders, load);
      await whileHeld();
      allThere(holders);
      return total(holders);
    } finally {
      await Promise.all(holders.map((holder) => holder.stop()));
    }
  };
  return heartbeat(say, text, work());
}

const answeredOf = ({ statuses }: Counts): number =>
  Object.values(statuses).reduce((sum, count) => sum + count, 0);

function allThere(holders: readonly Holder[]): void {
  const dead = holders.find((holder) => holder.ended);
  if (dead) throw new Error(`A process that makes the load ended: ${dead.said}`);
}

async function settled(holders: readonly Holder[], load: Load): Promise<void> {
  const least = (START * holders.length) / 1_000 + load.connections / load.pace + load.timeout;
  const end = Date.now() + (least + 30) * 1_000;
  while (Date.now() < end) {
    await sleep(500);
    allThere(holders);
    if (load.enough?.()) return;
    const counts = total(holders);
    const { offered, refused, reset, timedOut } = counts;
    if (offered < load.connections) continue;
    if (load.stays) return sleep(UNDER_WAY);
    if (answeredOf(counts) + refused + reset + timedOut >= offered) return;
  }
  const { offered } = total(holders);
  if (offered < load.connections)
    throw new Error(
      `${offered} of ${load.connections} connections could be offered in time, ${load.pace} a second: this computer is too busy for that pace`,
    );
}

function orderOf({ connections, pace, path, others, probe, timeout }: Load, part: number, parts: number) {
  const count = Math.floor((connections * (part + 1)) / parts) - Math.floor((connections * part) / parts);
  return { path, others, probe, timeout, target: TARGET, count, pace: pace / parts };
}

function total(holders: readonly Holder[]): Counts {
  return holders.reduce<Counts>((sum, { latest: counts }) => {
    // Each of them offers the same share of all.
    const brokeAt = Math.min(sum.brokeAt ?? Infinity, (counts.brokeAt ?? Infinity) * holders.length);
    const statuses = { ...sum.statuses };
    for (const [status, count] of Object.entries(counts.statuses))
      statuses[status] = (statuses[status] ?? 0) + count;
    return {
      offered: sum.offered + counts.offered,
      statuses,
      refused: sum.refused + counts.refused,
      reset: sum.reset + counts.reset,
      timedOut: sum.timedOut + counts.timedOut,
      held: sum.held + counts.held,
      ...(Number.isFinite(brokeAt) && { brokeAt }),
    };
  }, NOTHING);
}
