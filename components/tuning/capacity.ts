import { objectProblems, type Fields } from "./fields";
import type { Problem } from "./problem";

/** Kinds of gunicorn's worker classes: what a worker does with the requests that it has taken. */
export const WORKER_CLASSES = ["gthread", "sync", "gevent", "asgi"] as const;
export type WorkerClass = (typeof WORKER_CLASSES)[number];

/** Whether threads, and with them gunicorn, bound the requests that are worked on at once. */
export const hasThreads = (name: WorkerClass): boolean => name === "gthread" || name === "sync";

/** The load that a host must carry, and what it is carried with. */
export interface Capacity {
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly secondsPerRequest: number;
  readonly waitingShare: number;
  readonly queueSeconds: number;
  readonly workerMemoryMiB: number;
  readonly workerClass: WorkerClass;
  readonly tls: boolean;
  readonly databaseHosts: number;
  readonly databaseConnections?: number;
  readonly balancerIdleSeconds?: number;
  readonly memoryMiB?: number;
  readonly cpus?: number;
}

/** What is known of one input. Explain, the reference page and the checks read it. */
export interface Input {
  readonly unit: string;
  readonly meaning: string;
  readonly kind: "whole number" | "number" | "boolean" | "word";
  readonly words?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** What stands where the user gave nothing; absent: the input is required, or may be left open. */
  readonly default?: (connections: number) => number | boolean | string;
  readonly defaultText: string;
  /** No value is a value: nothing is known of it. */
  readonly open?: true;
}

/** A user thinks 10 to 20 seconds between two clicks; the busier end. Unit: seconds. */
const THINK_TIME = 10;

export const CAPACITY: Readonly<Record<keyof Capacity, Input>> = {
  connections: {
    unit: "connections",
    meaning: "Client connections held at the same time, idle ones included. They cost memory.",
    kind: "whole number",
    min: 100,
    max: 1_000_000,
    defaultText: "required",
  },
  requestsPerSecond: {
    unit: "requests a second",
    meaning: "Requests that arrive in a second and reach Django. They cost work.",
    kind: "number",
    min: 1,
    max: 100_000,
    default: (connections) => connections / THINK_TIME,
    defaultText: `connections / ${THINK_TIME}: a user thinks ${THINK_TIME} to 20 seconds between two clicks`,
  },
  secondsPerRequest: {
    unit: "seconds",
    meaning: "Time Django takes for a request once it has begun, waiting included.",
    kind: "number",
    min: 0.001,
    max: 30,
    default: () => 0.05,
    defaultText: "0.05: 10 ms of Python and 40 ms of waiting",
  },
  waitingShare: {
    unit: "share of the time",
    meaning: "How much of that time is spent waiting for a database or another service, and not on a CPU.",
    kind: "number",
    min: 0,
    max: 0.99,
    default: () => 0.8,
    defaultText: "0.8",
  },
  queueSeconds: {
    unit: "seconds",
    meaning:
      "How long a request may wait in gunicorn's queue before an error would have been the better answer.",
    kind: "number",
    min: 0.1,
    max: 25,
    default: () => 10,
    defaultText: "10: as long as a user waits for a page, and every connection may ask at once",
  },
  workerMemoryMiB: {
    unit: "MiB",
    meaning: "Memory of one gunicorn worker with the application loaded.",
    kind: "whole number",
    min: 16,
    max: 65_536,
    default: () => 100,
    defaultText: "100: a Django project of middling size",
  },
  workerClass: {
    unit: "class",
    meaning:
      "Kind of gunicorn's workers: gthread, sync, gevent, or asgi for an application for asyncio (uvicorn's class, gunicorn's own, aiohttp's), whose workers take as many requests as come. A class that the site has chosen stays in any case.",
    kind: "word",
    words: WORKER_CLASSES,
    default: () => "gthread",
    defaultText: "gthread",
  },
  tls: {
    unit: "true or false",
    meaning:
      "Whether nginx itself speaks TLS, which takes nearly four times the memory of a plain connection.",
    kind: "boolean",
    default: () => true,
    defaultText: "true",
  },
  databaseHosts: {
    unit: "hosts",
    meaning: "Hosts of this kind that share one database.",
    kind: "whole number",
    min: 1,
    max: 1_000,
    default: () => 1,
    defaultText: "1",
  },
  databaseConnections: {
    unit: "connections",
    meaning:
      "max_connections of that database, or of the pooler before it. All workers together stay below it.",
    kind: "whole number",
    min: 10,
    max: 1_000_000,
    open: true,
    defaultText: "not known: `needs` says how many it must let in",
  },
  balancerIdleSeconds: {
    unit: "seconds",
    meaning:
      "Idle time-out of a load balancer before the host that keeps connections to it open: 60 of an Application Load Balancer. nginx keeps them longer, and a request must be through in that time.",
    kind: "whole number",
    min: 1,
    max: 3_500,
    open: true,
    defaultText: "not known: nginx keeps idle connections for 65 seconds",
  },
  memoryMiB: {
    unit: "MiB",
    meaning: "Memory of the host. What does not fit in it is refused at once, and not only on the host.",
    kind: "whole number",
    min: 256,
    max: 16_777_216,
    open: true,
    defaultText: "not known: `needs` says how much it must be",
  },
  cpus: {
    unit: "CPUs",
    meaning:
      "CPUs of the host. One with fewer is not refused; `breaksFirst` and the checks of your own values count with it.",
    kind: "whole number",
    min: 1,
    max: 8_192,
    open: true,
    defaultText: "not known: `needs` says how many are advised",
  },
};

/** What a user may give: the connections, and whatever they know besides. */
export type GivenCapacity = Pick<Capacity, "connections"> & Partial<Capacity>;

export const INPUTS = Object.keys(CAPACITY) as (keyof Capacity)[];

/** Puts the defaults where nothing was given. */
export function complete(given: GivenCapacity): Capacity {
  const pairs = INPUTS.flatMap((name) => {
    const value = given[name] ?? CAPACITY[name].default?.(given.connections);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(pairs) as Capacity;
}

const FIELDS: Fields = Object.fromEntries(
  INPUTS.map((name) => {
    const input = CAPACITY[name];
    const required = !input.open && input.default === undefined;
    return [name, { allowed: allowed(input), fits: (value: unknown) => fits(input, value), required }];
  }),
);

/** Everything that is wrong with a capacity that a user gave, input by input. */
export const capacityProblems = (given: unknown): Problem[] => objectProblems("capacity", FIELDS, given);

function fits({ kind, words = [], min = -Infinity, max = Infinity }: Input, value: unknown): boolean {
  if (kind === "boolean") return typeof value === "boolean";
  if (kind === "word") return words.some((word) => word === value);
  const whole = kind === "number" || Number.isInteger(value);
  return typeof value === "number" && whole && value >= min && value <= max;
}

export function allowed({ kind, words = [], min, max }: Input): string {
  if (kind === "boolean") return "true or false";
  return kind === "word" ? `one of ${words.join(", ")}` : `a ${kind} from ${min} to ${max}`;
}
