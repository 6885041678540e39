import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { heartbeat, type Say } from "../progress";
import type { Counts, Order } from "./holder";
import { TARGET, type LoadNetwork } from "./network";

/** How many connections are offered, and how. */
export interface Load {
  readonly path: string;
  readonly connections: number;
  /** Unit: connections a second. */
  readonly pace: number;
  /** For an answer. Unit: seconds. */
  readonly timeout: number;
}

/** One process may open 20,000 descriptors where nobody raised that, and one source address has 28,000 ports. */
const MOST_OF_ONE = 15_000;
const HOLDER = join(__dirname, "holder.ts");
const NOTHING: Counts = { offered: 0, statuses: {}, refused: 0, reset: 0, timedOut: 0, held: 0 };

/** Offers the connections and holds them all; returns what became of them once each is answered, lost or out of time. */
export async function offer(network: LoadNetwork, load: Load, say: Say): Promise<Counts> {
  const parts = Math.max(2, Math.ceil(load.connections / MOST_OF_ONE));
  const holders = Array.from({ length: parts }, (_, part) => new Holder(network, orderOf(load, part, parts)));
  const text = () => {
    const { offered, held, refused, reset, timedOut, statuses } = total(holders);
    const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    return `${offered} of ${load.connections} offered, ${answered} answered, ${held} held, ${refused + reset + timedOut} lost`;
  };
  try {
    await heartbeat(say, text, settled(holders, load));
    return total(holders);
  } finally {
    await Promise.all(holders.map((holder) => holder.stop()));
  }
}

async function settled(holders: readonly Holder[], load: Load): Promise<void> {
  const end = Date.now() + (load.connections / load.pace + load.timeout + 30) * 1000;
  while (Date.now() < end) {
    await sleep(500);
    const dead = holders.find((holder) => holder.ended);
    if (dead) throw new Error(`A process that makes the load ended: ${dead.said}`);
    const { offered, statuses, refused, reset, timedOut } = total(holders);
    const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    if (offered === load.connections && answered + refused + reset + timedOut >= offered) return;
  }
}

function orderOf(
  { connections, pace, ...rest }: Load,
  part: number,
  parts: number,
): (source: string) => Order {
  const count = Math.floor((connections * (part + 1)) / parts) - Math.floor((connections * part) / parts);
  return (source) => ({ ...rest, target: TARGET, source, count, pace: pace / parts });
}

function total(holders: readonly Holder[]): Counts {
  return holders.reduce<Counts>((sum, { counts }) => {
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
    };
  }, NOTHING);
}

let next = 0;

/** One process in the namespace. */
class Holder {
  counts = NOTHING;
  ended = false;
  said = "";
  private readonly child: ChildProcess;
  private readonly exit: Promise<void>;

  constructor(network: LoadNetwork, order: (source: string) => Order) {
    const source = network.sources[next++ % network.sources.length] ?? network.sources[0];
    const args = ["--import", "tsx", HOLDER, JSON.stringify(order(source))];
    this.child = spawn(...network.inside(process.execPath, args), { stdio: ["pipe", "pipe", "pipe"] });
    this.exit = new Promise((resolve) =>
      this.child.once("exit", () => resolve((this.ended = true) as never)),
    );
    this.child.stderr?.on("data", (data: Buffer) => (this.said += data.toString()));
    if (this.child.stdout)
      createInterface({ input: this.child.stdout }).on("line", (line) => {
        this.counts = JSON.parse(line) as Counts;
      });
  }

  /** Ends it with all its connections. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.exit;
    clearTimeout(timer);
  }
}
