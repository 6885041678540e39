import { join } from "node:path";
import { must } from "../run";
import type { LoadNetwork } from "./network";
import { TARGET } from "./target";

/** So many clients, each of which asks again as soon as it has its answer. */
export interface Clients {
  readonly path: string;
  readonly clients: number;
  readonly seconds: number;
}

/** What became of their requests. */
export interface Answered {
  /** Without errors. */
  readonly perSecond: number;
  /** Half of all answers came within it. Unit: milliseconds. */
  readonly p50: number;
  /** Unit: milliseconds. */
  readonly p99: number;
  /** Unit: milliseconds. */
  readonly mean: number;
  /** Answers of 4xx and 5xx. */
  readonly errors: number;
  /** Connections that were refused, reset or closed in the middle. What still waits at the end is not known of. */
  readonly lost: number;
}

/** What answers.lua prints. */
interface Printed {
  readonly requests: number;
  readonly microseconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
  readonly connect: number;
  readonly read: number;
  readonly write: number;
  readonly status: number;
}

const SCRIPT = join(__dirname, "answers.lua");

/** Asks by wrk, which must be installed, from the load's network. */
export async function ask(network: LoadNetwork, { path, clients, seconds }: Clients): Promise<Answered> {
  const words = ["--threads", "1", "--connections", String(clients), "--duration", `${seconds}s`];
  // Each answer counts that comes at all: wrk leaves those that come later than that out of its times.
  const rest = ["--timeout", `${seconds + 1}s`, "--script", SCRIPT, `http://${TARGET}${path}`];
  const said = await must(...network.inside("wrk", [...words, ...rest]));
  const line = said.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`wrk said something else: ${said}`);
  const found = JSON.parse(line) as Printed;
  const ms = (microseconds: number): number => Number((microseconds / 1_000).toFixed(2));
  return {
    perSecond: Number(((found.requests - found.status) / (found.microseconds / 1_000_000)).toFixed(1)),
    p50: ms(found.p50),
    p99: ms(found.p99),
    mean: ms(found.mean),
    errors: found.status,
    lost: found.connect + found.read + found.write,
  };
}
