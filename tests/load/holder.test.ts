// What the process that offers connections counts, against a server that does on purpose what servers do.
import { spawn } from "node:child_process";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, it } from "@jest/globals";
import type { Counts, Order } from "../../lab/load/holder";

const HOLDER = join(__dirname, "..", "..", "lab", "load", "holder.ts");
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const BAD = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";

const ORDER: Order = {
  target: "127.0.0.1",
  source: "127.0.0.1",
  path: "/",
  count: 20,
  pace: 200,
  timeout: 30,
};

let server: Server | undefined;
afterEach(() => void server?.close());

/** @param answer to the request of the connection that came as the `number`-th one, from 1 */
async function counted(
  answer: (socket: Socket, path: string, number: number) => void,
  order: Partial<Order>,
  until: (counts: Counts) => boolean,
): Promise<Counts> {
  let number = 0;
  const listening = createServer((socket) => {
    const mine = ++number;
    socket.on("error", () => undefined);
    socket.on("data", (data) => answer(socket, data.toString().split(" ")[1] ?? "", mine));
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as AddressInfo;
  const whole: Order = { ...ORDER, port, ...order };
  const child = spawn(process.execPath, ["--import", "tsx", HOLDER, JSON.stringify(whole)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let last: Counts | undefined;
  const ended = new Promise((resolve) => child.once("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line) as Counts;
    if (until(last)) child.stdin.end();
  }
  await ended;
  if (!last) throw new Error("the process has said nothing");
  return last;
}

const answeredOf = ({ statuses }: Counts): number => Object.values(statuses).reduce((a, b) => a + b, 0);

it("holds what is answered, and no more what is closed then", async () => {
  const counts = await counted(
    (socket, _, number) => {
      socket.write(OK);
      if (number % 4 === 0) setTimeout(() => socket.end(), 100);
    },
    {},
    ({ held, offered }) => offered === 20 && held <= 15,
  );
  expect(counts).toMatchObject({ offered: 20, statuses: { 200: 20 }, held: 15, reset: 0, refused: 0 });
  expect(counts.brokeAt).toBeGreaterThanOrEqual(4);
});

it("tells reset, bad and late answers from each other", async () => {
  const counts = await counted(
    (socket, _, number) => {
      if (number % 4 === 0) socket.destroy();
      else if (number % 4 === 1) socket.write(BAD);
      else if (number % 4 === 2) socket.write(OK);
    },
    { timeout: 1 },
    (all) => answeredOf(all) + all.reset + all.timedOut === 20,
  );
  expect(counts).toMatchObject({ statuses: { 200: 5, 502: 5 }, reset: 5, timedOut: 5, refused: 0, held: 10 });
  expect(counts.brokeAt).toBeLessThanOrEqual(20);
});

it("does not break where nothing fails, and asks some for another page", async () => {
  const counts = await counted(
    (socket, path) => void (path === "/waits" || socket.write(OK)),
    { others: { path: "/waits", share: 0.25 }, timeout: 2, probe: "/" },
    ({ offered, timedOut }) => offered === 20 && timedOut === 5,
  );
  expect(counts).toMatchObject({ statuses: { 200: 15 }, timedOut: 5, held: 15 });
  expect(counts.brokeAt).toBeUndefined();
});

it("breaks where somebody who comes meanwhile is not served", async () => {
  let answered = 0;
  const counts = await counted(
    (socket, path) => {
      if (path === "/probe" && answered >= 100) return;
      answered += 1;
      socket.write(OK);
    },
    { count: 300, pace: 100, probe: "/probe" },
    ({ brokeAt, offered }) => offered === 300 && brokeAt !== undefined,
  );
  expect(counts).toMatchObject({ held: 300, reset: 0 });
  expect(counts.brokeAt).toBeGreaterThan(50);
  expect(counts.brokeAt).toBeLessThan(130);
});

it("takes one local port after the other where it is told the first one", async () => {
  const ports = new Set<number>();
  await counted(
    (socket) => {
      ports.add(socket.remotePort ?? 0);
      socket.write(OK);
    },
    { firstPort: 12_000 },
    ({ held }) => held === 20,
  );
  expect([...ports].sort()).toEqual(Array.from({ length: 20 }, (_, index) => 12_001 + index));
});

// An address for documentation, which no computer has.
it("ends where this end cannot open a connection, which says nothing of the server", async () => {
  const order = JSON.stringify({ ...ORDER, source: "192.0.2.1" });
  const child = spawn(process.execPath, ["--import", "tsx", HOLDER, order], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const status = await new Promise((resolve) => child.once("close", resolve));
  expect(status).toBe(1);
  expect(said).toContain("EADDRNOTAVAIL");
});
