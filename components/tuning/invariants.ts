import { evaluate } from "./formula";
import { portsAreLeft } from "./localPorts";
import { fixed, mostThreads } from "./host";
import { besideWorkers } from "./memory";
import type { Model } from "./model";
import { member, type Problem } from "./problem";
import type { Invariant, Values } from "./setting";

/** A number of the plan; a formula counts for one CPU, where a single worker has to hold everything. */
function number(values: Values, name: string, { capacity, memory }: Model): number {
  const facts = {
    base: 0,
    cpus: capacity.cpus ?? 1,
    memory_mib: capacity.memoryMiB ?? memory.base,
    workers: 1,
  };
  return evaluate(values.get(name) ?? "0", facts);
}

/** `smaller` may not exceed `larger`, or must stay below it. */
interface Order {
  readonly smaller: string;
  readonly larger: string;
  /** How many times the smaller one. */
  readonly times?: number;
  /** Equal is too much already. */
  readonly below?: true;
  readonly wayOut: string;
}

const ORDERS: readonly Order[] = [
  { smaller: "nofile.soft", larger: "nofile.hard", wayOut: "A soft limit cannot exceed the hard one." },
  { smaller: "nofile.hard", larger: "fs.nr_open", wayOut: "A limit above it makes logins fail." },
  {
    smaller: "fs.nr_open",
    larger: "fs.file-max",
    below: true,
    wayOut: "One process must not use up the system's.",
  },
  {
    smaller: "nginx.worker_rlimit_nofile",
    larger: "fs.nr_open",
    wayOut: "The kernel refuses a limit above it.",
  },
  {
    smaller: "nginx.worker_connections",
    larger: "nginx.worker_rlimit_nofile",
    times: 2,
    wayOut: "A connection may take two descriptors. Give capacity.cpus if the host has several CPUs.",
  },
  { smaller: "nginx.listen.backlog", larger: "net.core.somaxconn", wayOut: "The kernel would cut it down." },
  { smaller: "gunicorn.backlog", larger: "net.core.somaxconn", wayOut: "The kernel would cut it down." },
  {
    smaller: "nginx.upstream.keepalive_timeout",
    larger: "gunicorn.keepalive",
    below: true,
    wayOut: "Otherwise gunicorn closes a connection that nginx is about to use.",
  },
  {
    smaller: "gunicorn.threads",
    larger: "gunicorn.worker_connections",
    below: true,
    wayOut: "A thread without a connection has nothing to do.",
  },
  {
    smaller: "net.netfilter.nf_conntrack_buckets",
    larger: "net.netfilter.nf_conntrack_max",
    wayOut: "More lists than flows are memory for nothing.",
  },
];

/** Blames the value that the user chose; of two, the larger one, which is to be raised. */
const ordered =
  ({ smaller, larger, times = 1, below, wayOut }: Order): Invariant =>
  (values, model, chosen) => {
    const [less, more] = [number(values, smaller, model), number(values, larger, model)];
    if (below ? times * less < more : times * less <= more) return [];
    if (chosen.has(smaller) && !chosen.has(larger)) {
      const most = `${below ? "below" : "at most"} ${more / times}, ${larger}${times > 1 ? ` / ${times}` : ""}`;
      return [problem(smaller, less, most, `${wayOut} Or give ${larger} too.`)];
    }
    const least = `${below ? "above" : "at least"} ${times * less}, ${times > 1 ? `${times} times ` : ""}${smaller}`;
    return [problem(larger, more, least, wayOut)];
  };

const problem = (name: string, value: number | string, allowed: string, wayOut: string): Problem => ({
  path: member("tuning", name),
  value: String(value),
  allowed,
  wayOut,
});

/** The wait in a full queue is its length over the rate at which it is emptied. */
const waitIsTolerable: Invariant = (values, model) => {
  const { queueSeconds } = model.capacity;
  const name = "gunicorn.backlog";
  const [backlog, most] = [number(values, name, model), model.demand.longestQueue];
  if (backlog <= most) return [];
  const allowed = `at most ${most}: what is worked off in queueSeconds ${queueSeconds}`;
  return [problem(name, backlog, allowed, "Raise capacity.queueSeconds if so long a wait is tolerable.")];
};

/** What the load asks of a setting at least, whoever chose its value. */
interface Floor {
  readonly name: string;
  readonly least: (model: Model) => number;
  readonly wayOut: string;
}

const FLOORS: readonly Floor[] = [
  {
    name: "nginx.worker_connections",
    // On one CPU, unless the capacity says how many there are.
    least: ({ capacity: { connections, cpus = 1 }, demand: { upstream } }) =>
      Math.ceil((1.25 * (connections + upstream)) / cpus),
    wayOut:
      "Connections to clients and to gunicorn, and a quarter more, shared by the CPUs: give capacity.cpus if there are several.",
  },
  {
    name: "net.netfilter.nf_conntrack_max",
    least: ({ capacity: { connections }, demand: { timeWait } }) => 2 * (connections + timeWait),
    wayOut: "Connections held and those just closed, twice: a full table drops packets.",
  },
];

const enough =
  ({ name, least, wayOut }: Floor): Invariant =>
  (values, model) => {
    const [value, floor] = [number(values, name, model), least(model)];
    if (value >= floor) return [];
    return [problem(name, value, `at least ${floor}`, wayOut)];
  };

/** Workers and threads of one's own must not open more connections than the database lets in, on whatever host. */
const databaseHolds: Invariant = (values, { capacity, demand }, chosen) => {
  if (!chosen.has("gunicorn.workers") && !chosen.has("gunicorn.threads")) return [];
  const most = mostThreads(values);
  if (capacity.databaseConnections === undefined || most <= demand.databaseConnections) return [];
  const name = chosen.has("gunicorn.workers") ? "gunicorn.workers" : "gunicorn.threads";
  const allowed = `so many that all workers together have ${demand.databaseConnections} threads, not ${most}`;
  return [
    problem(name, values.get(name) ?? "", allowed, "Each thread of Django holds a database connection."),
  ];
};

/** Workers that a user fixed must fit into the memory that they named. */
const memoryHolds: Invariant = (values, { capacity, memory }) => {
  const workers = fixed(values, "gunicorn.workers");
  if (workers === undefined || capacity.memoryMiB === undefined) return [];
  const most = Math.floor((capacity.memoryMiB - besideWorkers(memory)) / capacity.workerMemoryMiB);
  if (workers <= most) return [];
  const allowed = `at most ${most}: ${capacity.workerMemoryMiB} MiB each, ${besideWorkers(memory)} for all else`;
  return [
    problem(
      "gunicorn.workers",
      workers,
      allowed,
      "Give capacity.memoryMiB or workerMemoryMiB if they differ.",
    ),
  ];
};

const INVARIANTS: readonly Invariant[] = [
  ...ORDERS.map(ordered),
  ...FLOORS.map(enough),
  waitIsTolerable,
  databaseHolds,
  memoryHolds,
  portsAreLeft,
];

/** Everything that does not fit together in a plan's values. */
export const invariantProblems: Invariant = (values, model, chosen) =>
  INVARIANTS.flatMap((holds) => holds(values, model, chosen));
