import { blame } from "./blame";
import { CONNTRACK_REMEMBERED } from "./demand";
import { portsAreLeft } from "./localPorts";
import { fixed, LARGEST, mostThreads, resolveOn, type HostSize } from "./hostSize";
import { besideWorkers } from "./memory";
import type { Model } from "./model";
import type { Problem } from "./problem";
import type { Invariant, Origins, Values } from "./setting";

/** A host on which everything must hold, and what the plan's values come to there. */
interface End {
  readonly size: HostSize;
  readonly get: (name: string) => number;
}

/** The fewest and the most CPUs that the capacity leaves open, and no memory for more than the fewest workers, which get the most threads. */
function ends({ capacity, memory }: Model, values: Values): End[] {
  return (capacity.cpus === undefined ? [1, LARGEST.cpus] : [capacity.cpus]).map((cpus) => {
    const size = { cpus, memoryMiB: memory.base };
    const onHost = resolveOn(size, values);
    return { size, get: (name) => Number(onHost.get(name)) };
  });
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

/** What is wrong with the values on one host. */
type Check = (host: End, model: Model, values: Values, origins: Origins) => Problem | undefined;

/** The offender is the value that the user chose; of two, the larger one, which is to be raised. */
const ordered =
  ({ smaller, larger, times = 1, below, wayOut }: Order): Check =>
  ({ get }, _, values, origins) => {
    const [less, more] = [times * get(smaller), get(larger)];
    if (Number.isNaN(less) || Number.isNaN(more)) return; // one of them is not set
    if (below ? less < more : less <= more) return;
    if (origins.has(smaller) && !origins.has(larger)) {
      const most = `${below ? "below" : "at most"} ${more / times}, ${larger}${times > 1 ? ` / ${times}` : ""}`;
      return blame(smaller, most, `${wayOut} Or give ${larger} too.`, values, origins);
    }
    const least = `${below ? "above" : "at least"} ${less}, ${times > 1 ? `${times} times ` : ""}${smaller}`;
    return blame(larger, least, wayOut, values, origins);
  };

/** What the load asks of a setting at least, whoever chose its value. */
interface Floor {
  readonly name: string;
  readonly least: (model: Model, size: HostSize) => number;
  readonly wayOut: string;
}

const FLOORS: readonly Floor[] = [
  {
    name: "nginx.worker_connections",
    least: ({ capacity: { connections }, demand: { upstream } }, { cpus }) =>
      Math.ceil((1.25 * (connections + upstream)) / cpus),
    wayOut:
      "Connections to clients and to gunicorn, and a quarter more, shared by the CPUs: give capacity.cpus if there are several.",
  },
  {
    name: "net.netfilter.nf_conntrack_max",
    least: ({ capacity: { connections, requestsPerSecond } }) =>
      2 * connections + requestsPerSecond * CONNTRACK_REMEMBERED,
    wayOut: "Connections held, twice, and those that are closed and remembered: a full table drops packets.",
  },
];

const enough =
  ({ name, least, wayOut }: Floor): Check =>
  ({ get, size }, model, values, origins) => {
    const floor = least(model, size);
    return get(name) >= floor ? undefined : blame(name, `at least ${floor}`, wayOut, values, origins);
  };

const CHECKS: readonly Check[] = [...ORDERS.map(ordered), ...FLOORS.map(enough)];

/** What does not hold on every host: once, on the first on which it breaks. */
const holdsOnHosts: Invariant = (values, model, origins) => {
  const hosts = ends(model, values);
  return CHECKS.flatMap((check) => {
    for (const host of hosts) {
      const problem = check(host, model, values, origins);
      if (problem) return problem;
    }
    return [];
  });
};

/** The wait in a full queue is its length over the rate at which it is emptied. */
const waitIsTolerable: Invariant = (values, model, origins) => {
  const { queueSeconds } = model.capacity;
  const name = "gunicorn.backlog";
  const most = model.demand.longestQueue;
  if (Number(values.get(name)) <= most) return [];
  const allowed = `at most ${most}: what is worked off in queueSeconds ${queueSeconds}`;
  const wayOut = "Raise capacity.queueSeconds if so long a wait is tolerable.";
  return [blame(name, allowed, wayOut, values, origins)];
};

/**
 * The whole way back from gunicorn to the balancer: whoever is asked keeps a connection longer than whoever asks, who
 * would send a request into one that closes; and an answer comes before the balancer gives up on it.
 */
const balancerWaits: Invariant = (values, { capacity }, origins) => {
  const { balancerIdleSeconds: idle, queueSeconds, secondsPerRequest } = capacity;
  if (idle === undefined) return [];
  const name = "nginx.keepalive_timeout";
  const wayOut = "The balancer would send requests into connections that nginx closes: 502.";
  const problems =
    Number(values.get(name)) > idle
      ? []
      : [blame(name, `above ${idle}, balancerIdleSeconds`, wayOut, values, origins)];
  const longest = queueSeconds + secondsPerRequest;
  if (longest >= idle)
    problems.push({
      path: "capacity.balancerIdleSeconds",
      value: String(idle),
      allowed: `above ${longest}: so long may a request wait in the queue and take`,
      wayOut:
        "The balancer answers 504 before the site does: give it a longer idle time-out, or lower queueSeconds.",
    });
  return problems;
};

/** Workers and threads of one's own must not open more connections than the database lets in, on whatever host. */
const databaseHolds: Invariant = (values, { capacity, demand }, origins) => {
  if (!origins.has("gunicorn.workers") && !origins.has("gunicorn.threads")) return [];
  const most = mostThreads(values);
  if (capacity.databaseConnections === undefined || most <= demand.databaseConnections) return [];
  const name = origins.has("gunicorn.workers") ? "gunicorn.workers" : "gunicorn.threads";
  const allowed = `so many that all workers together have ${demand.databaseConnections} threads, not ${most}`;
  return [blame(name, allowed, "Each thread of Django holds a database connection.", values, origins)];
};

/** Workers that a user fixed must fit into the memory that they named. */
const memoryHolds: Invariant = (values, { capacity, memory }, origins) => {
  const workers = fixed(values, "gunicorn.workers");
  if (workers === undefined || capacity.memoryMiB === undefined) return [];
  const most = Math.floor((capacity.memoryMiB - besideWorkers(memory)) / capacity.workerMemoryMiB);
  if (workers <= most) return [];
  const allowed = `at most ${most}: ${capacity.workerMemoryMiB} MiB each, ${besideWorkers(memory)} for all else`;
  const wayOut = "Give capacity.memoryMiB or workerMemoryMiB if they differ.";
  return [blame("gunicorn.workers", allowed, wayOut, values, origins)];
};

/** gunicorn makes gthread of sync where there are threads, and says so in its log alone. */
const syncHasNoThreads: Invariant = (values, _, origins) => {
  if (values.get("gunicorn.worker_class") !== "sync" || (fixed(values, "gunicorn.threads") ?? 1) <= 1)
    return [];
  const name = "gunicorn.threads";
  return [blame(name, "1 where gunicorn.worker_class is sync", "Or leave it at gthread.", values, origins)];
};

const INVARIANTS: readonly Invariant[] = [
  holdsOnHosts,
  waitIsTolerable,
  balancerWaits,
  databaseHolds,
  memoryHolds,
  syncHasNoThreads,
  portsAreLeft,
];

/** Everything that does not fit together in a plan's values. */
export const invariantProblems: Invariant = (values, model, origins) =>
  INVARIANTS.flatMap((holds) => holds(values, model, origins));
