import { hasThreads } from "./capacity";
import { LONGEST_QUEUE, MOST_THREADS } from "./demand";
import { underFullQueues } from "./memory";
import { entriesOf, always, type Place, type Setting } from "./setting";
import { GUNICORN } from "./sources";

/** Who has nginx keep idle connections has it keep them so long by default. Unit: seconds. */
const NGINX_KEEPS = 60;
/** Unit: seconds. */
const GRACEFUL_TIMEOUT = 30;

const configuration = (...flags: readonly string[]): Place => ({ at: "configuration", flags });

/** gunicorn's settings, in its own Python configuration. */
export const GUNICORN_SETTINGS: readonly Setting[] = entriesOf<Setting>("gunicorn", [
  {
    name: "gunicorn.worker_class",
    place: configuration("--worker-class", "-k"),
    unit: "class",
    default: "sync",
    rule: "by default",
    overridden: "exactly",
    type: { kind: "word", words: ["gthread", "sync", "gevent"] },
    formula: "capacity.workerClass; the site's own for asgi",
    value: ({ capacity: { workerClass } }) => (workerClass === "asgi" ? "" : workerClass),
    why: "Takes requests in threads and holds connections that nginx keeps; sync does neither.",
    source: `${GUNICORN}#worker-class`,
    condition:
      "Only where the site has chosen none: an application for asyncio or gevent answers nothing by another class, and one that is not safe with threads has its sync, one request a worker. eventlet was removed in gunicorn 26.0.",
  },
  {
    name: "gunicorn.workers",
    place: configuration("--workers", "-w"),
    unit: "processes",
    default: "1",
    rule: "computed",
    type: { kind: "integer", min: 1, max: 4_096 },
    formula:
      "2 * CPUs + 1, as far as memory with full queues, the work and the database's connections go; enough for the requests in flight",
    value: ({ capacity: { workerMemoryMiB }, demand: { workers, mostWorkers }, memory }) => {
      const byMemory = `(memory_mib - ${underFullQueues(memory)}) / ${workerMemoryMiB}`;
      return `max(base, ${Math.min(workers, mostWorkers)}, min(2 * cpus + 1, ${byMemory}, ${mostWorkers}))`;
    },
    why: "A Python process uses one CPU. More of them than memory holds end in swap, more than the database lets in end in errors.",
    source: `${GUNICORN}#workers`,
  },
  {
    name: "gunicorn.threads",
    place: configuration("--threads"),
    unit: "threads a worker",
    default: "1",
    rule: "computed",
    type: { kind: "integer", min: 1, max: MOST_THREADS },
    formula:
      "1 / (1 - waitingShare); more where memory allows fewer workers, as far as the database's connections go; 1 for sync",
    value: ({ capacity: { workerClass }, demand: { threads, databaseConnections } }, earlier) =>
      !hasThreads(workerClass)
        ? ""
        : earlier.get("gunicorn.worker_class") === "sync"
          ? "1"
          : `max(base, 1, min(${MOST_THREADS}, ${databaseConnections} / workers, max(${threads}, (2 * cpus + 1) * ${threads} / workers)))`,
    why: "A request that waits for a database leaves its CPU to others: so many of them keep one CPU busy.",
    source: `${GUNICORN}#threads`,
    condition: "Each thread of Django holds a database connection of its own.",
  },
  {
    name: "gunicorn.worker_connections",
    place: configuration("--worker-connections"),
    unit: "connections a worker",
    default: "1000",
    rule: "computed",
    type: { kind: "integer", min: 2, max: LONGEST_QUEUE },
    formula: "2 * gunicorn.threads, or what the site has chosen if that is more",
    value: (_, earlier) => (earlier.get("gunicorn.threads") === undefined ? "" : "max(base, 2 * threads)"),
    why: "Connections a worker takes: those that its threads work on, and as many that nginx keeps idle. Those beyond its threads wait inside the worker, where gunicorn.backlog does not bound them.",
    source: `${GUNICORN}#worker-connections; measured with gunicorn 20.1 and 27.0: a worker of 2 threads took 300 requests, all at once, its queue stood empty`,
    condition:
      "gthread alone. gunicorn 21 to 24.0 stops answering where it is small, kept connections and all (measured: 21.2, 22.0, 23.0): there it stays as it is.",
  },
  {
    name: "gunicorn.backlog",
    place: configuration("--backlog"),
    unit: "connections",
    default: "2048",
    rule: "at least",
    overridden: "exactly",
    type: { kind: "integer", min: 1, max: LONGEST_QUEUE },
    formula: "requestsPerSecond * queueSeconds, up to net.core.somaxconn",
    value: ({ demand }, earlier) =>
      String(Math.min(demand.backlog, Number(earlier.get("net.core.somaxconn")))),
    why: "Requests that wait for a thread. Often the first to break: one more than fits ends in 502. As long as the wait is tolerable, and no longer.",
    source: `${GUNICORN}#backlog; measured: 6000 at once over 2048 gave 99.87 % errors`,
    condition: "The smaller of this and net.core.somaxconn is in force, on a unix socket too.",
  },
  {
    name: "gunicorn.keepalive",
    place: { ...configuration("--keep-alive"), off: "0" },
    unit: "seconds",
    default: "2",
    rule: "at least",
    type: { kind: "integer", min: 1, max: 3_600 },
    formula: `${NGINX_KEEPS + 15}: nginx keeps them for ${NGINX_KEEPS}`,
    value: () => String(NGINX_KEEPS + 15),
    why: "Longer than nginx keeps a connection where a site has it do so, so that it is never gunicorn that closes one which nginx is about to use.",
    source: `${GUNICORN}#keepalive`,
    condition: "sync ignores it.",
  },
  {
    name: "gunicorn.max_requests",
    place: configuration("--max-requests"),
    unit: "requests",
    default: "0: never",
    rule: "exactly",
    type: { kind: "integer", min: 0, max: 10_000_000 },
    formula: "as the site has it",
    value: () => "",
    why: "After so many a worker is replaced, so that a leak never grows without end. For an application that leaks: each replacement may cost a request.",
    source: `${GUNICORN}#max-requests; measured with gunicorn 23.0: 13 of 101,668 POSTs were lost to it at 10000`,
    condition: "Never without the jitter: all workers would restart together.",
  },
  {
    name: "gunicorn.max_requests_jitter",
    place: configuration("--max-requests-jitter"),
    unit: "requests",
    default: "0",
    rule: "exactly",
    type: { kind: "integer", min: 0, max: 10_000_000 },
    formula: "gunicorn.max_requests / 5, where that is given",
    value: (_, earlier) => {
      const requests = earlier.get("gunicorn.max_requests");
      return requests === undefined ? "" : String(Math.floor(Number(requests) / 5));
    },
    why: "Spreads those restarts.",
    source: `${GUNICORN}#max-requests-jitter`,
  },
  {
    name: "gunicorn.graceful_timeout",
    place: configuration("--graceful-timeout"),
    unit: "seconds",
    default: "30",
    rule: "at least",
    type: { kind: "integer", min: 1, max: 3_600 },
    ...always(String(GRACEFUL_TIMEOUT)),
    why: "Time a worker has to finish its requests when it is replaced.",
    source: `${GUNICORN}#graceful-timeout`,
    condition: "gunicorn.timeout_stop_sec must be longer, or systemd kills the requests.",
  },
  {
    name: "gunicorn.timeout_stop_sec",
    place: { at: "unit" },
    unit: "seconds",
    default: "90, or what the unit says",
    mostByDefault: 90,
    rule: "computed",
    type: { kind: "integer", min: 1, max: 3_600 },
    formula: "gunicorn.graceful_timeout (an hour at most) + 15, or what the unit has if that is more",
    value: () => "max(base, min(graceful_timeout, 3600) + 15)",
    why: "The unit's TimeoutStopSec: systemd waits so long for gunicorn to finish its requests before it kills them.",
    source: "systemd.service(5), TimeoutStopSec=",
  },
  {
    name: "gunicorn.worker_tmp_dir",
    place: configuration("--worker-tmp-dir"),
    unit: "folder",
    default: "/tmp",
    rule: "by default",
    overridden: "exactly",
    type: { kind: "word", words: ["/dev/shm"] },
    ...always("/dev/shm"),
    why: "The sign of life that each worker gives is a file: on a busy disk it comes late, and the master kills a good worker.",
    source: `${GUNICORN}#worker-tmp-dir`,
  },
]);
