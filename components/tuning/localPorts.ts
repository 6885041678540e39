import { blame } from "./blame";
import type { Model } from "./model";
import { countPorts, inside, parsePorts, renderPorts, type PortSpan } from "./ports";
import type { Earlier, Invariant } from "./setting";

export const PORT_RANGE = "net.ipv4.ip_local_port_range";
export const RESERVED_PORTS = "net.ipv4.ip_local_reserved_ports";

export const DEFAULT_PORTS: PortSpan = { first: 32_768, last: 60_999 };
/** ip_unprivileged_port_start: the kernel refuses a range that begins below it. */
export const LOWEST_PORT = 1_024;
export const HIGHEST_PORT = 65_535;

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

/** One port for each connection to one upstream in the last minute, if none is kept alive. */
export function portRange({ demand: { timeWait: needed } }: Model): string {
  if (needed <= countPorts([DEFAULT_PORTS])) return `${DEFAULT_PORTS.first} ${DEFAULT_PORTS.last}`;
  const lower = Math.floor((HIGHEST_PORT + 1 - needed) / 1024) * 1024;
  // Just above the default's size the upper end alone gives enough: the lower one must not rise over the default's.
  return `${Math.min(Math.max(lower, LOWEST_PORT), DEFAULT_PORTS.first)} ${HIGHEST_PORT}`;
}

export function spanOf(range: string | undefined): PortSpan {
  const [first = DEFAULT_PORTS.first, last = DEFAULT_PORTS.last] = range?.split(" ").map(Number) ?? [];
  return { first, last };
}

/** The services' ports that the plan's range opens up and the kernel's did not. */
export function reservedPorts(_: Model, earlier: Earlier): string {
  const { first, last } = spanOf(earlier.get(PORT_RANGE));
  const below = { first, last: Math.min(last, DEFAULT_PORTS.first - 1) };
  const above = { first: Math.max(first, DEFAULT_PORTS.last + 1), last };
  return renderPorts([...inside(SERVICES, below), ...inside(SERVICES, above)]);
}

/** A range whose ports are nearly all reserved ends in EADDRNOTAVAIL for every outgoing connection. */
export const portsAreLeft: Invariant = (values, _, origins) => {
  const range = spanOf(values.get(PORT_RANGE));
  const reserved = values.get(RESERVED_PORTS) ?? "";
  const taken = countPorts(inside(parsePorts(reserved) ?? [], range));
  const all = countPorts([range]);
  if (taken * 2 <= all) return [];
  const allowed = `a list that leaves at least half of the ${all} ports of ${PORT_RANGE} (${range.first} ${range.last})`;
  return [blame(RESERVED_PORTS, allowed, "Reserve fewer ports, or widen the range.", values, origins)];
};
