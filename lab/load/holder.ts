// Run in the load's namespace: opens connections at a pace, sends one request on each, holds them until stdin ends.
// Argument: a JSON `Order`. Prints a line of `Counts` every second, and the last one at the end.
import { connect, type Socket } from "node:net";
import { notOwn } from "./ownFaults";

/** What one process is to open. */
export interface Order {
  readonly target: string;
  /** @default 80 */
  readonly port?: number;
  readonly source: string;
  /** One local port after the other, above this one. @default the kernel's choice, which takes ever longer */
  readonly firstPort?: number;
  /** When the first one is due, so that several processes begin together. Unit: milliseconds since 1970. @default at once */
  readonly begin?: number;
  readonly path: string;
  /** What some of them ask for instead, and how many of them. Range of the share: 0 to 1. */
  readonly others?: { readonly path: string; readonly share: number };
  /** Asked for on a connection of its own, again and again: whether somebody who comes meanwhile is served. */
  readonly probe?: string;
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
  /** How many had been offered when the first one failed or was closed, or somebody who came was not served; absent: none. */
  readonly brokeAt?: number;
}

const order = JSON.parse(process.argv[2] ?? "") as Order;
const requestFor = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: load\r\nConnection: keep-alive\r\n\r\n`;
const REQUEST = requestFor(order.path);
const OTHER = requestFor(order.others?.path ?? order.path);
const WHERE = { host: order.target, port: order.port ?? 80, localAddress: order.source };
const TICK = 20; // milliseconds
/** Unit: milliseconds. */
const PROBE = { every: 100, patience: 1_000 };

const counts = { offered: 0, refused: 0, reset: 0, timedOut: 0, held: 0 };
const statuses: Record<string, number> = {};
const open = new Set<Socket>();
let brokeAt: number | undefined;
const broken = (at: number): void => void (brokeAt = Math.min(brokeAt ?? at, at));

function offer(): void {
  counts.offered += 1;
  const share = order.others?.share ?? 0;
  const isOther = Math.floor(counts.offered * share) > Math.floor((counts.offered - 1) * share);
  let answered = false;
  let over = false;
  const localPort = order.firstPort === undefined ? undefined : order.firstPort + counts.offered;
  const socket = connect({ ...WHERE, ...(localPort !== undefined && { localPort }) });
  const end = (what?: "refused" | "reset" | "timedOut"): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    if (what) counts[what] += 1;
    else if (answered) counts.held -= 1;
    if (what !== "timedOut") broken(counts.offered);
    open.delete(socket);
    socket.destroy();
  };
  const timer = setTimeout(() => end("timedOut"), order.timeout * 1000);
  open.add(socket);
  socket.on("connect", () => socket.write(isOther ? OTHER : REQUEST));
  socket.on("data", (data) => {
    if (answered) return;
    const status = /^HTTP\/1\.1 (\d{3})/.exec(data.toString("latin1"))?.[1] ?? "none";
    answered = true;
    clearTimeout(timer);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status >= "500") broken(counts.offered);
    counts.held += 1;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    notOwn(error);
    end(answered ? undefined : error.code === "ECONNREFUSED" ? "refused" : "reset");
  });
  socket.on("close", () => end(answered ? undefined : "reset"));
}

/** Somebody who comes as the load stands now. */
function probe(path: string): void {
  const at = counts.offered;
  const socket = connect(WHERE);
  const lost = (): void => (broken(at), end());
  const timer = setTimeout(lost, PROBE.patience);
  const end = (): void => {
    clearTimeout(timer);
    socket.removeAllListeners("close");
    socket.destroy();
  };
  socket.on("connect", () => socket.write(requestFor(path)));
  socket.on("data", (data) => (/^HTTP\/1\.1 [1-4]/.test(data.toString("latin1")) ? end() : lost()));
  socket.on("error", notOwn); // it is closed then
  socket.on("close", lost);
}

const say = (): void => void process.stdout.write(`${JSON.stringify({ ...counts, statuses, brokeAt })}\n`);

const begin = order.begin ?? Date.now();
const pacing = setInterval(() => {
  const due = Math.min(order.count, Math.floor(((Date.now() - begin) / 1000) * order.pace));
  while (counts.offered < due) offer();
  if (counts.offered === order.count) clearInterval(pacing);
}, TICK);
const saying = setInterval(say, 1000);
const { probe: probed } = order;
const probing = setInterval(() => {
  const isOffering = counts.offered > 0 && counts.offered < order.count;
  if (probed !== undefined && isOffering) probe(probed);
}, PROBE.every);

process.stdin.resume();
process.stdin.on("end", () => {
  clearInterval(pacing);
  clearInterval(saying);
  clearInterval(probing);
  say();
  process.exit(0);
});
