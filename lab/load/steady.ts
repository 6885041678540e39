// Run in the load's network: asks for pages at a steady pace, on connections that it keeps and on fresh ones, until
// stdin ends. Argument: a JSON `SteadyOrder`. Prints a line of `SteadyCounts` every second, and the last one at the end.
import { Agent, request } from "node:http";
import { notOwn } from "./ownFaults";

/** What is to be asked for. */
export interface SteadyOrder {
  readonly target: string;
  readonly source: string;
  /** For the Host header. */
  readonly host: string;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  /** Connections that are kept. */
  readonly connections: number;
  /**
   * One local port after the other for fresh ones, of FRESH_PORTS from this one on, as many visitors would have. @default the
   * kernel's choice, which takes the same one again soon
   */
  readonly firstPort?: number;
  /** On all of them together; as fast as answers come where that is less. Unit: requests a second. */
  readonly pace: number;
  /** Each on a connection of its own. Unit: requests a second. */
  readonly freshPace: number;
  /** Unit: seconds. */
  readonly timeout: number;
}

/** What has become of the requests; those that are missing are on their way. */
export interface SteadyCounts {
  readonly answered: number;
  readonly answeredFresh: number;
  /** Kept connections that the server closed while a request was on its way there: asked again, once, on a fresh one. */
  readonly retried: number;
  /** By what happened: the first words of an error, a status of 400 and above, an answer that was cut. */
  readonly failed: Readonly<Record<string, number>>;
  /** Since the start. Unit: seconds. */
  readonly seconds: number;
}

const order = JSON.parse(process.argv[2] ?? "") as SteadyOrder;
/** More fresh ones than that are not on their way at once. */
const MOST_FRESH = 400;
/** Unit: milliseconds. */
const LAST_ANSWERS = 5_000;

const FRESH_PORTS = 20_000;

const begin = Date.now();
const counts = { answered: 0, answeredFresh: 0, retried: 0 };
const failed: Record<string, number> = {};
let [asked, opened] = [0, 0];
let underWay = 0;
let ending = false;

/** Asks once; resolves when the answer is whole or lost. No agent: on a connection of its own. */
function ask(path: string, agent: Agent | false, again = false): Promise<void> {
  return new Promise((resolve) => {
    const { target: host, source: localAddress, timeout } = order;
    let [over, begun] = [false, false];
    underWay += 1;
    const end = (what?: string): void => {
      if (over) return;
      over = true;
      underWay -= 1;
      if (what !== undefined) failed[what] = (failed[what] ?? 0) + 1;
      resolve();
    };
    const headers = { Host: order.host };
    const localPort =
      agent === false && order.firstPort !== undefined
        ? order.firstPort + (opened++ % FRESH_PORTS)
        : undefined;
    const from = { localAddress, ...(localPort !== undefined && { localPort }) };
    const sent = request({ host, port: 80, path, agent, headers, ...from }, (response) => {
      begun = true;
      response.resume();
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        if (!response.complete) return end("an answer that was cut");
        if (status >= 400) return end(`status ${status}`);
        if (agent || again) counts.answered += 1;
        else counts.answeredFresh += 1;
        end();
      });
      response.on("error", () => end("an answer that was cut"));
    });
    sent.setTimeout(timeout * 1000, () => sent.destroy(new Error(`no answer in ${timeout} s`)));
    sent.on("error", (error: NodeJS.ErrnoException) => {
      notOwn(error);
      // A server may close an idle connection at any time: whoever keeps one has to ask again.
      const idle = sent.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE") && !begun;
      if (over || !idle || again) return end(error.code ?? error.message);
      over = true;
      underWay -= 1;
      counts.retried += 1;
      void ask(path, false, true).then(resolve);
    });
    sent.end();
  });
}

const nextPath = (): string => order.paths[asked++ % order.paths.length] ?? "/";

/** One kept connection: the next request when the last one is answered and it is time for it. */
async function keep(number: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const interval = (order.connections / order.pace) * 1000;
  let due = Date.now() + (interval * number) / order.connections;
  while (!ending) {
    const wait = due - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    due = Math.max(due + interval, Date.now() - interval); // a slow answer is not made up for by a burst
    if (!ending) await ask(nextPath(), agent);
  }
}

let [fresh, offered] = [0, 0];
const freshTimer = setInterval(() => {
  const due = ((Date.now() - begin) / 1000) * order.freshPace;
  for (; offered < due; offered++) {
    if (fresh >= MOST_FRESH) continue;
    fresh += 1;
    void ask(nextPath(), false).then(() => (fresh -= 1));
  }
}, 20);

for (let number = 0; number < order.connections; number++) void keep(number);

const say = (): void => {
  const line: SteadyCounts = { ...counts, failed, seconds: Math.round((Date.now() - begin) / 1000) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const saying = setInterval(say, 1000);

/** What is under way is waited for; what has not come by then is not counted as answered. */
async function end(): Promise<void> {
  ending = true;
  clearInterval(freshTimer);
  for (const last = Date.now() + LAST_ANSWERS; underWay > 0 && Date.now() < last;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  if (underWay > 0) failed["no answer at the end"] = underWay;
  clearInterval(saying);
  say();
  process.exit(0);
}

process.stdin.resume();
process.stdin.on("end", () => void end());
