import { CONNTRACK_REMEMBERED } from "../../components/tuning/demand";
import type { GivenCapacity } from "../../components/tuning/capacity";
import type { Model } from "../../components/tuning/model";
import type { Site } from "./capacities";
import { queryFor } from "./databasePage";
import {
  arrivals,
  connecting,
  connections,
  requestsASecond,
  requestsAtOnce,
  tracked,
  unfailing,
  type Onset,
} from "./onsets";

/** What of a host that was tuned for a site is known when a limit is lowered. */
export interface Known {
  /** With what a request takes there. */
  readonly site: Site;
  readonly model: Model;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly workers: number;
  readonly workerConnections: number;
}

/** A limit of the model, and how it is lowered by hand until it is the first one to be hit. */
export interface Lowered {
  /** As the model names it. */
  readonly limit: string;
  /** A line for root's shell. */
  readonly by: (known: Known) => string;
  /** A page whose requests are another kind of work than the site's; absent: the site's own, which waits. */
  readonly page?: (site: Site) => string;
  /** In which else the load differs from the site's. */
  readonly load?: (known: Known) => Partial<GivenCapacity>;
  /** Connections of a database that runs beside, and that the load is told with; absent: there is none. */
  readonly database?: number;
  readonly onset: Onset;
}

const MAIN = "/etc/nginx/nginx.conf";
const SITE = "/etc/nginx/sites-available/site";
const GUNICORN = "/etc/heavyload/gunicorn.conf.py";
/** Of the lab's page that computes: so many a second, about. */
const HASHES = 2_000_000;

/** So many that one more or less is within what is measured. */
const QUERIES_AT_ONCE = 22;
/** As few as a plan for them allows. */
const DATABASE_CONNECTIONS = 45;

const nginx = (...edits: readonly string[]): string =>
  `sed -i ${words(edits)} ${MAIN} && systemctl reload nginx`;
const words = (edits: readonly string[]): string => edits.map((edit) => `-e '${edit}'`).join(" ");
const gunicorn = (values: Readonly<Record<string, number>>): string => {
  const edits = Object.entries(values).map(([name, value]) => `$ a ${name} = ${value}`);
  return `sed -i ${words(edits)} ${GUNICORN} && systemctl restart gunicorn`;
};
const each = ({ model: { capacity, demand } }: Known): number => 1 + demand.upstream / capacity.connections;
const half = (count: number): number => Math.max(Math.floor(count / 2), 1);
const halfOfEach = ({ model: { demand }, workers }: Known): number => half(demand.slots / workers);

/** In the order in which the model's request meets them. */
export const LOWERED: readonly Lowered[] = [
  {
    limit: "nginx.listen.backlog",
    by: ({ model: { capacity } }) =>
      `sed -i 's/backlog=[0-9]*/backlog=${half(capacity.connections)}/' ${SITE} && systemctl reload nginx`,
    onset: arrivals,
  },
  {
    limit: "nginx.worker_connections",
    by: (known) => {
      const slots = half(known.model.capacity.connections * each(known)) / known.cpus;
      return nginx(`s/worker_connections .*/worker_connections ${Math.floor(slots)};/`);
    },
    onset: connections,
  },
  {
    limit: "nginx.worker_rlimit_nofile",
    by: (known) =>
      nginx(
        `s/worker_rlimit_nofile .*/worker_rlimit_nofile ${half(known.model.capacity.connections * each(known))};/`,
        "s/worker_processes .*/worker_processes 1;/", // the condition under which it counts
      ),
    onset: connections,
  },
  {
    limit: "gunicorn.backlog",
    by: ({ model: { demand }, workers, workerConnections }) =>
      gunicorn({ backlog: Math.max(half(demand.upstream) - workers * workerConnections, 16) }),
    onset: requestsAtOnce,
  },
  {
    limit: "gunicorn.threads",
    by: (known) => gunicorn({ threads: halfOfEach(known) }),
    onset: requestsASecond,
  },
  {
    limit: "gunicorn.worker_connections",
    by: (known) =>
      gunicorn({
        threads: 2 * known.model.demand.slots,
        worker_connections: halfOfEach(known),
        backlog: 4_096,
      }),
    onset: requestsASecond,
  },
  {
    // The host's threads never go beyond it, until somebody raises them by hand.
    limit: "the database",
    database: DATABASE_CONNECTIONS,
    page: ({ capacity }) => queryFor(Math.round((1_000 * QUERIES_AT_ONCE) / capacity.requestsPerSecond)),
    by: ({ workers }) =>
      gunicorn({
        threads: Math.ceil((3 * DATABASE_CONNECTIONS) / workers),
        worker_connections: 512,
        backlog: 4_096,
      }),
    onset: unfailing,
  },
  {
    limit: "CPUs",
    by: () => gunicorn({ workers: 1, threads: 256, worker_connections: 512 }), // a Python process uses one
    // As long on a CPU as one of them does half of the site's requests.
    page: ({ capacity }) => `/cpu?n=${Math.round((HASHES / capacity.requestsPerSecond) * 2)}`,
    onset: requestsASecond,
  },
  {
    limit: "net.ipv4.ip_local_port_range",
    by: ({ model: { capacity } }) => {
      const ports = half(60 * capacity.requestsPerSecond);
      return `sysctl -w net.ipv4.ip_local_port_range='20000 ${19_999 + ports}'`;
    },
    onset: connecting,
  },
];

/** A container may not change them. */
export const LOWERED_ON_VM: readonly Lowered[] = [
  {
    limit: "net.netfilter.nf_conntrack_max",
    // What is held is the difference of what has room and what is remembered, which is up and down.
    load: ({
      site: {
        capacity: { connections },
      },
    }) => ({
      requestsPerSecond: Math.max(Math.round(half(half(connections)) / CONNTRACK_REMEMBERED), 1),
    }),
    by: ({ model: { capacity } }) => {
      const most = half(capacity.connections) + CONNTRACK_REMEMBERED * capacity.requestsPerSecond;
      return `modprobe nf_conntrack enable_hooks=1; sysctl -w net.netfilter.nf_conntrack_max=${most}`;
    },
    onset: tracked,
  },
];
