import { checkConnection } from "./connection";
import { TIMEOUT } from "./timeout";
import { holdsLater, isLater } from "./later";
import { appProblems } from "../tuning/app";
import { BOOLEAN, isText, RESOURCE_NAME, URL_PATH, type Form } from "../tuning/form";
import { makePlan, type Wish } from "../tuning/plan";
import { shown, type Problem } from "../tuning/problem";

/** The arguments before anything about them is known, not even their types. */
export interface GivenArgs extends Wish {
  readonly connection?: unknown;
  readonly reapply?: unknown;
  readonly healthPath?: unknown;
  readonly strict?: unknown;
  readonly timeout?: unknown;
  readonly adopt?: unknown;
  readonly allowUntested?: unknown;
  readonly services?: unknown;
  readonly app?: unknown;
  readonly identity?: unknown;
  readonly restore?: unknown;
}

type Switches = Omit<GivenArgs, "connection" | "app" | keyof Wish>;

/** What systemd allows in the name of a service: one word, no path. */
const SERVICE = /^[A-Za-z0-9:_.@\\][A-Za-z0-9:_.@\\-]*\.service$/;

const SWITCHES: Readonly<Record<keyof Switches, Form>> = {
  reapply: { allowed: "a text", fits: (value) => typeof value === "string" },
  timeout: {
    allowed: `a number of seconds from ${TIMEOUT.min} to ${TIMEOUT.max}`,
    fits: (value) => typeof value === "number" && value >= TIMEOUT.min && value <= TIMEOUT.max,
  },
  healthPath: URL_PATH,
  strict: BOOLEAN,
  adopt: BOOLEAN,
  allowUntested: BOOLEAN,
  identity: { allowed: "a text that is not empty", fits: isText },
  restore: BOOLEAN,
  services: {
    allowed: "a list of names of systemd services, such as celery.service",
    fits: (value) =>
      Array.isArray(value) && value.every((name) => isLater(name) || SERVICE.test(String(name))),
  },
};

/** Everything wrong with the arguments, as far as it can be seen now: what is known only later is checked then. */
export function argsProblems({ connection, ...tuning }: GivenArgs): Problem[] {
  return [...tuningProblems(tuning), ...checkConnection(connection)];
}

/** As `argsProblems`, of what is told to a host that brings its own connection along. */
export function tuningProblems(args: Omit<GivenArgs, "connection">): Problem[] {
  const { tier, capacity, tuning, app, ...switches } = args;
  const wish = { tier, capacity, tuning };
  const planProblems = holdsLater(wish) ? [] : (makePlan(wish).problems ?? []);
  return [...planProblems, ...appProblems(app, isLater), ...switchProblems(switches)];
}

export function switchProblems(switches: Switches): Problem[] {
  return (Object.keys(SWITCHES) as (keyof Switches)[]).flatMap((path) => {
    const value = switches[path];
    const { allowed, fits } = SWITCHES[path];
    return value === undefined || value === null || isLater(value) || fits(value)
      ? []
      : [{ path, value: shown(value), allowed }];
  });
}

export const nameProblems = (name: string): Problem[] =>
  RESOURCE_NAME.fits(name) ? [] : [{ path: "name", value: shown(name), allowed: RESOURCE_NAME.allowed }];
