// Run in the load's namespace: opens connections at a pace, sends one request on each, holds them until stdin ends.
// Argument: a JSON `Order`. Prints a line of `Counts` every second, and the last one at the end.
import { connect, type Socket } from "node:net";

/** What one process is to open. */
export interface Order {
  readonly target: string;
  readonly source: string;
  readonly path: string;
  readonly count: number;
  /** Unit: connections a second. */
  readonly pace: number;
  /** From the first packet to the whole answer's first line. Unit: seconds. */
  readonly timeout: number;
}

/** What has become of the connections; those that are missing are on their way. */
export interface Counts {
  readonly offered: number;
  /** By HTTP status: answered. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly refused: number;
  /** Reset or closed before an answer. */
  readonly reset: number;
  readonly timedOut: number;
  /** Answered, and open now. */
  readonly held: number;
}

const order = JSON.parse(process.argv[2] ?? "") as Order;
const REQUEST = `GET ${order.path} HTTP/1.1\r\nHost: load\r\nConnection: keep-alive\r\n\r\n`;
const TICK = 20; // milliseconds

const counts = { offered: 0, refused: 0, reset: 0, timedOut: 0, held: 0 };
const statuses: Record<string, number> = {};
const open = new Set<Socket>();

function offer(): void {
  counts.offered += 1;
  let answered = false;
  let over = false;
  const socket = connect({ host: order.target, port: 80, localAddress: order.source });
  const end = (what?: "refused" | "reset" | "timedOut"): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    if (what) counts[what] += 1;
    else if (answered) counts.held -= 1;
    open.delete(socket);
    socket.destroy();
  };
  const timer = setTimeout(() => end("timedOut"), order.timeout * 1000);
  open.add(socket);
  socket.on("connect", () => socket.write(REQUEST));
  socket.on("data", (data) => {
    if (answered) return;
    const status = /^HTTP\/1\.1 (\d{3})/.exec(data.toString("latin1"))?.[1] ?? "none";
    answered = true;
    clearTimeout(timer);
    statuses[status] = (statuses[status] ?? 0) + 1;
    counts.held += 1;
  });
  socket.on("error", (error: NodeJS.ErrnoException) =>
    end(answered ? undefined : error.code === "ECONNREFUSED" ? "refused" : "reset"),
  );
  socket.on("close", () => end(answered ? undefined : "reset"));
}

const say = (): void => void process.stdout.write(`${JSON.stringify({ ...counts, statuses })}\n`);

const begin = Date.now();
const pacing = setInterval(() => {
  const due = Math.min(order.count, Math.floor(((Date.now() - begin) / 1000) * order.pace));
  while (counts.offered < due) offer();
  if (counts.offered === order.count) clearInterval(pacing);
}, TICK);
const saying = setInterval(say, 1000);

process.stdin.resume();
process.stdin.on("end", () => {
  clearInterval(pacing);
  clearInterval(saying);
  say();
  process.exit(0);
});
