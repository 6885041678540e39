import { LONGEST_QUEUE } from "./demand";
import { MOST_FILES } from "./limits";
import { entriesOf, always, sameAs, type Setting } from "./setting";
import { ARTICLE, NGINX_CORE, NGINX_HTTP, NGINX_LOG, NGINX_UPSTREAM } from "./sources";

const SECONDS = { kind: "integer", min: 1, max: 3_600 } as const;

type Entry = Omit<Setting, "concern">;

const switchedOn = (name: string, given: "on" | "off", why: string, more: Partial<Entry> = {}): Entry => ({
  name: `nginx.${name}`,
  place: { at: "http", kind: "word", given },
  unit: "on or off",
  default: given,
  rule: "by default",
  overridden: "exactly",
  type: { kind: "word", words: ["on", "off"] },
  ...always("on"),
  why,
  source: `${NGINX_HTTP}#${name}`,
  ...more,
});

/** How long a client may keep nginx waiting, where the site has not said it: long uploads may need more. */
const patience = (name: string, why: string): Entry => ({
  name: `nginx.${name}`,
  place: { at: "http", kind: "time", given: "60s" },
  unit: "seconds",
  default: "60",
  rule: "by default",
  overridden: "exactly",
  type: SECONDS,
  ...always("15"),
  why,
  source: `${NGINX_HTTP}#${name}`,
});

/** nginx's directives, in the context where they count. */
export const NGINX: readonly Setting[] = entriesOf<Setting>("nginx", [
  {
    name: "nginx.worker_processes",
    place: { at: "main", kind: "processes", given: "1" },
    unit: "processes",
    default: "auto on Debian; 1 in nginx itself",
    rule: "exactly",
    type: { kind: "word", words: ["auto"] },
    ...always("auto"),
    why: "One worker a CPU: fewer leave CPUs idle, more share them.",
    source: `${NGINX_CORE}; 4 is ${ARTICLE}`,
    condition: "A number that is no less than the CPUs stays.",
  },
  {
    name: "nginx.worker_connections",
    place: { at: "events", kind: "number", given: "512" },
    unit: "connections a worker",
    default: "768 on Debian; 512 in nginx itself",
    rule: "computed",
    type: { kind: "integer", min: 512, max: 16_777_216 },
    formula: "2 * (connections + connections to gunicorn), shared by the CPUs, at least 1024",
    value: ({ capacity: { connections }, demand: { upstream } }) =>
      `max(base, 1024, (${2 * (connections + upstream)} + cpus - 1) / cpus)`,
    why: "A proxied request takes two, one to the client and one to gunicorn. Twice that, since the kernel spreads connections unevenly over the workers.",
    source: `${NGINX_CORE}; 4069 is ${ARTICLE}`,
  },
  {
    name: "nginx.worker_rlimit_nofile",
    place: { at: "main", kind: "number", given: "0" },
    unit: "descriptors a worker",
    default: "what the service has: 1024",
    mostByDefault: 1_024,
    rule: "at least",
    type: { kind: "integer", min: 1_024, max: MOST_FILES },
    ...sameAs("nofile.hard"),
    why: "Descriptors of a worker: at least twice worker_connections, since a connection may read a file besides.",
    source: NGINX_CORE,
    condition:
      "nginx sets it while still root. Where that fails (above fs.nr_open, or without the right) it logs an alert and goes on with less. It sets the hard limit too: where the site has not written it, it is no less than what the workers have without.",
  },
  {
    name: "nginx.listen.backlog",
    place: { at: "listen", kind: "number" },
    unit: "connections",
    default: "511",
    rule: "at least",
    type: { kind: "integer", min: 511, max: LONGEST_QUEUE },
    ...sameAs("net.core.somaxconn"),
    why: "The accept queue that nginx asks for: connections that arrive while the workers are busy wait there.",
    source: `${NGINX_HTTP}#listen`,
    condition:
      "The smaller of this and net.core.somaxconn is in force; a reload listens anew only where the number changed.",
  },
  switchedOn(
    "listen.so_keepalive",
    "off",
    "Without it tcp_keepalive_time and its two companions touch no connection of nginx.",
    { place: { at: "listen", kind: "word" }, source: `${NGINX_HTTP}#listen` },
  ),
  {
    name: "nginx.keepalive_timeout",
    place: { at: "http", kind: "time", given: "75s", off: "0" },
    unit: "seconds",
    default: "75",
    rule: "at least",
    overridden: "exactly",
    type: SECONDS,
    formula: "5 more than balancerIdleSeconds, at least 65",
    value: ({ capacity: { balancerIdleSeconds = 0 } }) => String(Math.max(balancerIdleSeconds + 5, 65)),
    why: "How long an idle client keeps its slot. Longer than a load balancer before it keeps an idle connection (60 s where nothing else is known), whose clients would see 502 otherwise.",
    source: `${NGINX_HTTP}#keepalive_timeout; 15 is ${ARTICLE}`,
  },
  {
    name: "nginx.keepalive_requests",
    place: { at: "http", kind: "number", given: "1000", givenBefore: { "1.19.10": "100" } },
    unit: "requests",
    default: "1000; 100 before nginx 1.19.10",
    mostByDefault: 1_000,
    rule: "at least",
    type: { kind: "integer", min: 100, max: 1_000_000 },
    ...always("1000"),
    why: "Requests after which a client must connect anew: each new connection costs a handshake and a closed one a minute of memory.",
    source: `${NGINX_HTTP}#keepalive_requests`,
  },
  switchedOn(
    "sendfile",
    "off",
    "Files go from the disk's cache to the socket without passing through nginx, but for TLS connections without the kernel's TLS.",
    { default: "off; on in Debian's nginx.conf", source: `${NGINX_HTTP}#sendfile; on is ${ARTICLE}` },
  ),
  switchedOn(
    "tcp_nopush",
    "off",
    "Headers and the beginning of a file leave in one packet, where sendfile is used.",
    { default: "off; on in Debian's nginx.conf", source: `${NGINX_HTTP}#tcp_nopush; on is ${ARTICLE}` },
  ),
  switchedOn("tcp_nodelay", "on", "The last small packet of an answer leaves at once.", {
    source: `${NGINX_HTTP}#tcp_nodelay; on is ${ARTICLE}`,
  }),
  {
    name: "nginx.types_hash_max_size",
    place: { at: "http", kind: "number", given: "1024" },
    unit: "bytes",
    default: "1024; 2048 in Debian's nginx.conf",
    mostByDefault: 2_048,
    rule: "at least",
    type: { kind: "integer", min: 512, max: 65_536 },
    ...always("2048"),
    why: "Room for the table of file types; too little costs a warning and slower look-ups.",
    source: `${NGINX_HTTP}#types_hash_max_size; 2048 is ${ARTICLE}`,
  },
  patience("client_header_timeout", "A client that sends its headers drop by drop gives its slot back."),
  patience("client_body_timeout", "The same between two pieces of a body."),
  patience("send_timeout", "A client that takes nothing of its answer for so long is let go."),
  switchedOn(
    "reset_timedout_connection",
    "off",
    "A client that timed out is reset: its memory is free at once, not after minutes in FIN-WAIT.",
  ),
  {
    name: "nginx.upstream.keepalive",
    place: { at: "upstream", kind: "number", given: "32", givenBefore: { "1.29.7": "0" } },
    unit: "connections a worker",
    default: "none; 32 since nginx 1.29.7",
    rule: "exactly",
    type: { kind: "word", words: ["0"] },
    formula: "none, where the site has not chosen",
    value: () => "0",
    why: "A kept connection that a worker of gunicorn closes at a reload, just when nginx sends on it, is a request that ends in 502.",
    source: `${NGINX_UPSTREAM}#keepalive; measured: of 45,000 to 60,000 requests with a reload every two seconds kept connections lost 4 to 61 with gunicorn 20.1 to 25.3, by a unix socket and over TCP alike; fresh ones none but with 23.0`,
    condition: "Where an `upstream` block leads to gunicorn alone.",
  },
  {
    name: "nginx.access_log.buffer",
    place: { at: "access_log", kind: "number" },
    unit: "KiB",
    default: "none: a write for each request",
    rule: "at least",
    type: { kind: "integer", min: 4, max: 1_024 },
    formula: "64, flushed every 5 seconds where the site says nothing else",
    value: () => "64",
    why: "One write for hundreds of requests instead of one for each.",
    source: `${NGINX_LOG}#access_log`,
    condition: "Only where an access log is written; a power cut loses the last 5 seconds of it.",
  },
]);
