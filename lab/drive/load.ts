import { makePlan, type PlanInput } from "../../components/tuning/plan";

/** Below the hard limit of any computer that containers run on: a limit of theirs cannot be higher. */
export const OPEN_FILES = 16_384;

const FILES = {
  "nofile.hard": OPEN_FILES,
  "nofile.soft": OPEN_FILES,
  "nginx.worker_rlimit_nofile": OPEN_FILES,
};

/** What a host of any kind can carry: the requests and the queues of tier 10k, but the connections of 2k. */
export const LOAD = {
  capacity: { connections: 2_000, requestsPerSecond: 1_000 },
  tuning: {
    ...FILES,
    "net.core.somaxconn": 16_384,
    "net.ipv4.tcp_max_syn_backlog": 16_384,
    "nginx.listen.backlog": 16_384,
  },
} satisfies PlanInput;

/** The same with as many requests as two CPUs do. */
export const MODEST = { ...LOAD, capacity: { ...LOAD.capacity, requestsPerSecond: 100 } } satisfies PlanInput;

/** Less in all of them. */
export const LOWER = { tier: "2k", tuning: FILES } satisfies PlanInput;

/** More in the kernel's queues. */
export const HIGHER = {
  ...LOAD,
  tuning: { ...LOAD.tuning, "net.core.somaxconn": 65_535, "net.ipv4.tcp_max_syn_backlog": 65_535 },
} satisfies PlanInput;

/** Each limit of open files is a row for two services, two users and a group. */
const NOFILE_ROWS = 5;

/** How many rows the report of a lab machine has for it. */
export const rowsOf = (wish: PlanInput): number =>
  (makePlan(wish).plan?.settings ?? []).reduce(
    (sum, { place }) => sum + (place.at === "nofile" ? NOFILE_ROWS : 1),
    0,
  );

/** Lines of a stack's configuration that ask for it. */
export const linesOf = (wish: PlanInput): string[] =>
  Object.entries(wish).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
