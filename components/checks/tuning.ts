import { checkConnection } from "./connection";
import { TIMEOUT } from "./timeout";
import { holdsLater, isLater } from "./later";
import { appProblems } from "../tuning/app";
import { fieldsProblems, type Fields } from "../tuning/fields";
import { BOOLEAN, isText, matches, RESOURCE_NAME, URL_PATH } from "../tuning/form";
import { makePlan, type Plan, type PlanInput } from "../tuning/plan";
import { shown, type Problem } from "../tuning/problem";
import { readinessProblems } from "../tuning/readiness";

/** The arguments before anything about them is known, not even their types. */
export interface GivenArgs extends PlanInput {
  readonly connection?: unknown;
  readonly reapply?: unknown;
  readonly healthPath?: unknown;
  readonly strict?: unknown;
  readonly timeout?: unknown;
  readonly drift?: unknown;
  readonly mode?: unknown;
  readonly adopt?: unknown;
  readonly allowUntested?: unknown;
  readonly services?: unknown;
  readonly app?: unknown;
  readonly readiness?: unknown;
  readonly identity?: unknown;
  readonly restore?: unknown;
  readonly seal?: unknown;
}

type Switches = Omit<GivenArgs, "connection" | "app" | "readiness" | keyof PlanInput>;

/** What systemd allows in the name of a service: one word, no path. */
const SERVICE = /^[A-Za-z0-9:_.@\\][A-Za-z0-9:_.@\\-]*\.service$/;

const SWITCHES: Fields<keyof Switches> = {
  reapply: { allowed: "a text", fits: (value) => typeof value === "string" },
  timeout: {
    allowed: `a number of seconds from ${TIMEOUT.min} to ${TIMEOUT.max}`,
    fits: (value) => typeof value === "number" && value >= TIMEOUT.min && value <= TIMEOUT.max,
  },
  mode: { allowed: "apply, audit", fits: (value) => value === "apply" || value === "audit" },
  drift: { allowed: "off, ask", fits: (value) => value === "off" || value === "ask" },
  healthPath: URL_PATH,
  strict: BOOLEAN,
  adopt: BOOLEAN,
  allowUntested: BOOLEAN,
  identity: { allowed: "a text that is not empty", fits: isText },
  restore: BOOLEAN,
  seal: { ...BOOLEAN, atOnce: true },
  services: {
    allowed: "a list of names of systemd services, such as celery.service",
    fits: (value) => Array.isArray(value) && value.every(matches(SERVICE)),
    members: true,
  },
};

/** Arguments that were checked: all that is wrong with them as far as it can be seen now, and what was made of them. */
export interface Checked {
  readonly problems: readonly Problem[];
  /** Absent where it is known only later, or cannot be made. */
  readonly plan?: Plan | undefined;
}

/** Checks what a host is told: what is known only later is checked then. */
export function checkTuning(args: Omit<GivenArgs, "connection">): Checked {
  const { tier, capacity, tuning, app, readiness, ...switches } = args;
  const wish = { tier, capacity, tuning };
  const { plan, problems = [] } = holdsLater(wish) ? {} : makePlan(wish);
  return {
    plan,
    problems: [
      ...problems,
      ...appProblems(app, isLater),
      ...readinessProblems(readiness, isLater),
      ...switchProblems(switches),
    ],
  };
}

/** As `checkTuning`, of a host that is reached, and of its tuning's name. */
export function checkHostTuning(name: string, { connection, ...tuning }: GivenArgs): Checked {
  const { plan, problems } = checkTuning(tuning);
  return { plan, problems: [...nameProblems(name), ...problems, ...checkConnection(connection)] };
}

export const switchProblems = (switches: Switches): Problem[] =>
  fieldsProblems("", SWITCHES, switches, isLater);

export const nameProblems = (name: string): Problem[] =>
  RESOURCE_NAME.fits(name) ? [] : [{ path: "name", value: shown(name), allowed: RESOURCE_NAME.allowed }];
