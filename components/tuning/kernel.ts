import type { Capacity } from "./capacity";
import { countPorts, inside, parsePorts, renderPorts, type PortSpan } from "./ports";
import { member, shown } from "./problem";
import type { Invariant, Setting, Values } from "./setting";

const IP_SYSCTL = "https://docs.kernel.org/networking/ip-sysctl.html";
const NET_SYSCTL = "https://docs.kernel.org/admin-guide/sysctl/net.html";
const ARTICLE = "the article's figure";

const RANGE = "net.ipv4.ip_local_port_range";
const RESERVED = "net.ipv4.ip_local_reserved_ports";

/** 65536 is EINVAL before kernel 5.0, where the limit is 16 bits wide. */
const LONGEST_QUEUE = 65_535;
const SHORTEST_QUEUE = 4_096; // the default since kernel 5.4

/** How long a closed connection keeps its port (TIME_WAIT, fixed in the kernel). Unit: seconds. */
const TIME_WAIT = 60;
const DEFAULT_PORTS: PortSpan = { first: 32_768, last: 60_999 };
/** ip_unprivileged_port_start: the kernel refuses a range that begins below it. */
const LOWEST_PORT = 1_024;
const HIGHEST_PORT = 65_535;

/** What listens on a Django host or beside it, and would not start if an outgoing connection held its port. */
const SERVICES: readonly PortSpan[] = [
  { first: 3000, last: 3000 }, // Grafana, Node
  { first: 3306, last: 3306 }, // MySQL, MariaDB
  { first: 4369, last: 4369 }, // epmd, for RabbitMQ
  { first: 5432, last: 5432 }, // PostgreSQL
  { first: 5555, last: 5555 }, // Flower
  { first: 5672, last: 5672 }, // RabbitMQ
  { first: 6379, last: 6379 }, // Redis, Valkey
  { first: 6432, last: 6432 }, // PgBouncer
  { first: 8000, last: 8001 }, // gunicorn, uvicorn, Daphne, runserver
  { first: 8080, last: 8080 }, // HTTP behind a proxy
  { first: 8443, last: 8443 }, // HTTPS behind a proxy
  { first: 9000, last: 9000 }, // uWSGI, PHP-FPM, MinIO
  { first: 9090, last: 9100 }, // Prometheus and its exporters
  { first: 9200, last: 9200 }, // Elasticsearch, OpenSearch
  { first: 11211, last: 11211 }, // memcached
  { first: 15672, last: 15672 }, // RabbitMQ's web page
  { first: 25672, last: 25672 }, // RabbitMQ between nodes
  { first: 27017, last: 27017 }, // MongoDB
];

/** Connections that arrive at once never number more than those held; the queue is cheap until it is used. */
function queue({ connections }: Capacity): string {
  const power = 2 ** Math.ceil(Math.log2(connections));
  return String(Math.min(Math.max(power, SHORTEST_QUEUE), LONGEST_QUEUE));
}

/** One port for each connection to one upstream in the last minute, if none is kept alive. */
function portRange({ requestsPerSecond }: Capacity): string {
  const needed = requestsPerSecond * TIME_WAIT;
  if (needed <= countPorts([DEFAULT_PORTS])) return `${DEFAULT_PORTS.first} ${DEFAULT_PORTS.last}`;
  const lower = Math.floor((HIGHEST_PORT + 1 - needed) / 1024) * 1024;
  // Just above the default's size the upper end alone gives enough: the lower one must not rise over the default's.
  return `${Math.min(Math.max(lower, LOWEST_PORT), DEFAULT_PORTS.first)} ${HIGHEST_PORT}`;
}

function spanOf(range: string | undefined): PortSpan {
  const [first = DEFAULT_PORTS.first, last = DEFAULT_PORTS.last] = range?.split(" ").map(Number) ?? [];
  return { first, last };
}

/** The services' ports that the plan's range opens up and the kernel's did not. */
function reservedPorts(earlier: Values): string {
  const { first, last } = spanOf(earlier.get(RANGE));
  const below = { first, last: Math.min(last, DEFAULT_PORTS.first - 1) };
  const above = { first: Math.max(first, DEFAULT_PORTS.last + 1), last };
  return renderPorts([...inside(SERVICES, below), ...inside(SERVICES, above)]);
}

/** sysctl keys of the network stack, in the order in which their values are worked out. */
export const KERNEL: readonly Setting[] = [
  {
    concern: "kernel",
    name: "net.core.somaxconn",
    unit: "connections",
    default: "4096; 128 before kernel 5.4",
    rule: "at least",
    type: { kind: "integer", min: 128, max: LONGEST_QUEUE },
    value: queue,
    why: "Caps the accept queue of every listen(), TCP and unix sockets alike: what arrives at once beyond it is dropped.",
    source: `${NET_SYSCTL} and listen(2)`,
  },
  {
    concern: "kernel",
    name: "net.core.netdev_max_backlog",
    unit: "packets",
    default: "1000",
    rule: "at least",
    type: { kind: "integer", min: 1_000, max: 1_000_000 },
    value: ({ connections }) => String(Math.max(2_500, Math.ceil(connections / 4))),
    why: "Packets a CPU may leave waiting when they come faster than it takes them; column 2 of /proc/net/softnet_stat counts those lost.",
    source: `${NET_SYSCTL}; 2500 is ${ARTICLE}`,
  },
  {
    concern: "kernel",
    name: "net.ipv4.tcp_max_syn_backlog",
    unit: "connections",
    default: "by memory, 128 to 4096",
    rule: "at least",
    type: { kind: "integer", min: 128, max: LONGEST_QUEUE },
    value: queue,
    why: "Half-open connections a listener remembers. Does nothing while net.ipv4.tcp_syncookies is 1, its default; it counts on hosts that switched cookies off.",
    source: `${IP_SYSCTL} and listen(2)`,
  },
  {
    concern: "kernel",
    name: "net.ipv4.tcp_keepalive_time",
    unit: "seconds",
    default: "7200",
    rule: "at most",
    type: { kind: "integer", min: 10, max: 7_200 },
    value: () => "300",
    why: "Silence after which the kernel asks whether the peer still lives, so that dead clients give their slot back. Touches only sockets with SO_KEEPALIVE.",
    source: `${IP_SYSCTL}; 300 is ${ARTICLE}`,
  },
  {
    concern: "kernel",
    name: RANGE,
    unit: "ports",
    default: `${DEFAULT_PORTS.first} ${DEFAULT_PORTS.last}`,
    rule: "widen",
    type: { kind: "range", min: LOWEST_PORT, max: HIGHEST_PORT },
    value: portRange,
    why: `Source ports towards one upstream; a closed connection holds its port ${TIME_WAIT} s. A unix-socket upstream uses none.`,
    source: `${IP_SYSCTL}; 1024 65535 is ${ARTICLE}`,
  },
  {
    concern: "kernel",
    name: RESERVED,
    unit: "ports",
    default: "none",
    rule: "widen",
    type: { kind: "ports", min: 1, max: HIGHEST_PORT },
    value: (_, earlier) => reservedPorts(earlier),
    why: "Ports of services that the wider range would otherwise hand out as source ports: the service could then not start.",
    source: IP_SYSCTL,
  },
];

/** A range whose ports are nearly all reserved ends in EADDRNOTAVAIL for every outgoing connection. */
const portsAreLeft: Invariant = (values) => {
  const range = spanOf(values.get(RANGE));
  const reserved = values.get(RESERVED) ?? "";
  const taken = countPorts(inside(parsePorts(reserved) ?? [], range));
  const all = countPorts([range]);
  if (taken * 2 <= all) return [];
  return [
    {
      path: member("tuning", RESERVED),
      value: shown(reserved),
      allowed: `a list that leaves at least half of the ${all} ports of ${RANGE} (${range.first} ${range.last})`,
      wayOut: "Reserve fewer ports, or widen the range.",
    },
  ];
};

export const KERNEL_INVARIANTS: readonly Invariant[] = [portsAreLeft];
