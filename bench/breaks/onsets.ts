import { setTimeout as sleep } from "node:timers/promises";
import { Tuned } from "../../lab/drive/tuned";
import { ask } from "../../lab/load/concurrent";
import { offer, type Load } from "../../lab/load/offer";
import { STATIC_PAGE } from "../../lab/load/target";
import { portsInAMinute } from "./ports";
import { heldWhenDropped } from "./tracked";
import type { Where } from "./where";

/** A limit that was lowered, on a machine that has the work of a site. */
export interface Case extends Where {
  /** In the limit's unit, by the model. */
  readonly predicted: number;
  /** The site's. */
  readonly page: string;
  readonly requestsPerSecond: number;
  readonly secondsPerRequest: number;
  /** Of the connections that many wait for gunicorn when its queue is full. Range: 0 to 1. */
  readonly waitingOfAll: number;
}

/** At what load a limit was hit, in its unit; words: what was seen instead. */
export type Onset = (one: Case) => Promise<number | string>;

/** Longer than any ramp. Unit: milliseconds. */
const STAYS = 50_000;
const BEYOND = 2;
const NOT_HIT = "not within twice that";
/** From nothing to the most. Unit: seconds. */
const RAMP = 10;

const ramp = async (one: Case, load: Pick<Load, "path" | "others" | "probe">): Promise<number | string> => {
  const connections = Math.ceil(BEYOND * one.predicted);
  const all = { ...load, connections, pace: connections / RAMP, timeout: 2 * RAMP, stays: true };
  const { brokeAt } = await offer(one.network, all, one.say);
  return brokeAt ?? NOT_HIT;
};

/** More and more connections that are held, of which some wait for gunicorn, until somebody is not served. */
export const connections: Onset = (one) =>
  ramp(one, {
    path: STATIC_PAGE,
    others: { path: `/wait?ms=${STAYS}`, share: one.waitingOfAll },
    probe: STATIC_PAGE,
  });

/** More and more requests that stay, until one fails. */
export const requestsAtOnce: Onset = (one) => ramp(one, { path: `/wait?ms=${STAYS}` });

/** As many as there are, of clients who ask again at once. */
export const requestsASecond: Onset = async (one) => {
  const clients = Math.ceil(Math.max(BEYOND * one.predicted * one.secondsPerRequest, 4));
  const seconds = Math.ceil(Math.max(5, 20 * one.secondsPerRequest));
  const found = await ask(one.network, { path: one.page, clients, seconds });
  const failed = found.errors + found.lost;
  return failed > 0 ? `${failed} requests failed` : found.perSecond;
};

/** What the kernel has in the queue of a server that stands still, of more that come at once; all are served later. */
export const arrivals: Onset = async (one) => {
  const host = new Tuned(one.machine);
  const connections = Math.ceil(BEYOND * one.predicted);
  const look = async (): Promise<number> => {
    try {
      await sleep(4_000);
      return Number(
        await host.root("ss -Hltn 'sport = :80' | awk '$2 > most { most = $2 } END { print most }'"),
      );
    } finally {
      await host.root("pkill -CONT -f '^nginx: worker'");
    }
  };
  await host.root("pkill -STOP -f '^nginx: worker'");
  const load = { path: STATIC_PAGE, connections, pace: connections / 0.5, timeout: 30 };
  const [queued, { held }] = await Promise.all([look(), offer(one.network, load, one.say)]);
  return held === connections ? queued : `of ${connections} connections ${held} were served later`;
};

/** Each opens a connection of its own to another host and closes it first, as for a database. */
export const connecting: Onset = (one) => portsInAMinute(one.machine, one.network);

/** More and more connections that are held, beside the site's requests, each of which has one of its own and closes it. */
export const tracked: Onset = async ({ predicted, requestsPerSecond, ...where }) => {
  const connections = Math.ceil(BEYOND * predicted);
  const load = { path: STATIC_PAGE, connections, pace: connections / RAMP, timeout: 30, stays: true };
  return (await heldWhenDropped({ ...where, requestsPerSecond, load })) ?? NOT_HIT;
};

/** The most clients who ask again at once of whom none gets an error, as requests a second. */
export const unfailing: Onset = async (one) => {
  const seconds = Math.ceil(Math.max(4, 6 * one.secondsPerRequest));
  const fails = async (clients: number): Promise<boolean> => {
    const found = await ask(one.network, { path: one.page, clients, seconds });
    await sleep(2_000 * one.secondsPerRequest); // what nobody waits for any more is through
    return found.errors + found.lost > 0;
  };
  const most = Math.ceil(BEYOND * one.predicted * one.secondsPerRequest);
  let [holding, failing] = [0, most + 1];
  while (failing - holding > 1) {
    const clients = Math.round((holding + failing) / 2);
    // One that is answered may not have left its connection yet when the next one comes.
    if ((await fails(clients)) && (await fails(clients))) failing = clients;
    else holding = clients;
  }
  return failing > most ? NOT_HIT : holding / one.secondsPerRequest;
};
