import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { SETTINGS } from "../../components/tuning/concerns";
import { makePlan } from "../../components/tuning/plan";
import { renderProblems } from "../../components/tuning/problem";
import { TIERS } from "../../components/tuning/tiers";

const textOf = (wish: Parameters<typeof makePlan>[0]) => renderProblems(makePlan(wish).problems ?? []);

/** Set where the user gives them, and nowhere else. */
const LEFT_TO_THE_SITE = ["gunicorn.max_requests", "gunicorn.max_requests_jitter"];

it("plans a tier: every setting that has a value, in the order of the layers", () => {
  const { plan } = makePlan({ tier: "10k" });
  expect(plan).toMatchObject({ tier: "10k", capacity: TIERS.get("10k") });
  const names = SETTINGS.map(({ name }) => name).filter((name) => !LEFT_TO_THE_SITE.includes(name));
  expect(plan?.settings.map(({ name }) => name)).toEqual(names);
});

it("takes a user's own worker class over the site's, and sets what the site decides where it is given", () => {
  const of = (tuning: object) =>
    makePlan({ tier: "10k", tuning }).plan?.settings.map(
      ({ name, rule, value }) => `${name}: ${rule} ${value}`,
    );
  expect(of({})).toContain("gunicorn.worker_class: by default gthread");
  const own = of({
    "gunicorn.worker_class": "gthread",
    "gunicorn.max_requests": 500,
    "gunicorn.backlog": 100,
  });
  expect(own).toContain("gunicorn.worker_class: exactly gthread");
  expect(own).toContain("gunicorn.max_requests: exactly 500");
  expect(own).toContain("gunicorn.max_requests_jitter: exactly 100");
  expect(own).toContain("gunicorn.backlog: exactly 100");
});

it("puts overrides in the place of its own values and keeps the rule", () => {
  const tuning = { "net.core.somaxconn": 8192, "net.ipv4.tcp_keepalive_time": "120", "gunicorn.workers": 3 };
  const settings = makePlan({ tier: "10k", tuning }).plan?.settings.filter(({ overridden }) => overridden);
  expect(settings?.map(({ name, rule, value }) => [name, rule, value])).toEqual([
    ["net.core.somaxconn", "at least", "8192"],
    ["net.ipv4.tcp_keepalive_time", "at most", "120"],
    ["gunicorn.workers", "computed", "3"],
  ]);
});

it("lets what builds on an overridden value follow it", () => {
  const { plan } = makePlan({
    tier: "10k",
    tuning: { "net.core.somaxconn": 8192, "nofile.hard": 2_097_152 },
  });
  const values = new Map(plan?.settings.map(({ name, value }) => [name, value]));
  const names = ["nginx.listen.backlog", "gunicorn.backlog", "nofile.soft", "fs.nr_open", "fs.file-max"];
  expect(names.map((name) => values.get(name))).toEqual(["8192", "8192", "2097152", "2097152", "4194304"]);
});

it("plans one thread where workers are sync", () => {
  const { plan } = makePlan({ tier: "10k", tuning: { "gunicorn.worker_class": "sync" } });
  expect(plan?.settings.find(({ name }) => name === "gunicorn.threads")?.value).toBe("1");
  expect(plan?.breaksFirst.find(({ limit }) => limit === "gunicorn.threads")?.times).toBeLessThan(1);
});

it("reserves what an overridden range opens, and nothing where it opens nothing", () => {
  const reserved = (range: string) =>
    makePlan({ tier: "10k", tuning: { "net.ipv4.ip_local_port_range": range } }).plan?.settings.find(
      ({ name }) => name.endsWith("reserved_ports"),
    )?.value;
  expect(reserved("11000 65535")).toBe("11211,15672,25672,27017");
  expect(reserved("32768 60999")).toBeUndefined();
});

it.each([
  [
    { "net.ipv4.ip_local_port_range": "50000 60999", "net.ipv4.ip_local_reserved_ports": "50000-56000" },
    'tuning["net.ipv4.ip_local_reserved_ports"] is "50000-56000", allowed: a list that leaves at least half of the ' +
      "11000 ports of net.ipv4.ip_local_port_range (50000 60999). Reserve fewer ports, or widen the range.",
  ],
  [
    { "nofile.hard": 2_097_152, "fs.nr_open": 1_048_576 },
    'tuning["fs.nr_open"] is 1048576, allowed: at least 2097152, nofile.hard. A limit above it makes logins fail.\n' +
      'tuning["fs.nr_open"] is 1048576, allowed: at least 2097152, nginx.worker_rlimit_nofile. The kernel refuses a limit above it.',
  ],
  [
    { "gunicorn.backlog": 60_000 },
    'tuning["gunicorn.backlog"] is 60000, allowed: at most 16384, net.core.somaxconn. The kernel would cut it down. Or give net.core.somaxconn too.\n' +
      'tuning["gunicorn.backlog"] is 60000, allowed: at most 10000: what is worked off in queueSeconds 10. Raise capacity.queueSeconds if so long a wait is tolerable.',
  ],
  // What was given is blamed, not what follows from it.
  [
    { "nofile.hard": 5_000, "nofile.soft": 5_000 },
    'tuning["nofile.hard"] is 5000, allowed: one with which nginx.worker_rlimit_nofile is at least 80000, 2 times nginx.worker_connections, not 5000. ' +
      "A connection may take two descriptors. Give capacity.cpus if the host has several CPUs.",
  ],
  [
    { "gunicorn.worker_class": "sync", "gunicorn.threads": 8 },
    'tuning["gunicorn.threads"] is 8, allowed: 1 where gunicorn.worker_class is sync. Or leave it at gthread.',
  ],
  [
    { "gunicorn.worker_connections": 20 },
    'tuning["gunicorn.worker_connections"] is 20, allowed: above 42, gunicorn.threads. A thread without a connection has nothing to do.',
  ],
])("refuses values that do not fit together: %j", (tuning, message) => {
  expect(textOf({ tier: "10k", tuning })).toBe(message);
});

it("refuses what the host's memory or the database cannot hold, all at once and with a way out", () => {
  const capacity = { connections: 30_000, memoryMiB: 512, databaseConnections: 20, databaseHosts: 3 };
  expect(textOf({ capacity }).split("\n")).toEqual([
    "capacity.memoryMiB is 512, allowed: at least 1408 for 30000 connections and 3 workers. " +
      "Take a larger host, fewer connections, smaller workers, or end TLS before this host.",
    "capacity.databaseConnections is 20, allowed: at least 755: 250 requests in flight on each of 3 hosts, and 5 in reserve. " +
      "Raise max_connections, put a pooler before the database, or lower requestsPerSecond.",
  ]);
});

it("names every problem of tier and overrides at once", () => {
  const tuning = {
    somaxconn: 1,
    "net.core.netdev_backlog": 2,
    "gunicorn.timeout": 60,
    "net.core.somaxconn": 65536,
    "net.ipv4.ip_local_port_range": "65535 1024",
  };
  expect(textOf({ tier: "3k", tuning }).split("\n")).toEqual([
    'tier is "3k", allowed: 2k, 10k, 50k, 100k. Or give capacity instead.',
    'tuning["somaxconn"] is given, allowed: a setting\'s name, such as net.core.somaxconn. All names: docs/settings.md.',
    'tuning["net.core.netdev_backlog"] is given, allowed: a setting\'s name, such as net.core.netdev_max_backlog. All names: docs/settings.md.',
    'tuning["gunicorn.timeout"] is given, allowed: nothing, it is left alone. With threads it only ends workers that are stuck as a whole. How long a request may take is the application\'s to say.',
    'tuning["net.core.somaxconn"] is 65536, allowed: a whole number from 128 to 65535',
    'tuning["net.ipv4.ip_local_port_range"] is "65535 1024", allowed: "lower upper", two whole numbers from 1024 to 65535, the first below the second',
  ]);
});

it.each([["text"], [[]], [5]])("refuses %j for tuning", (tuning) => {
  expect(textOf({ tier: "10k", tuning })).toContain("allowed: an object of values by setting name");
});

it("ends in a plan or in problems that name key, value and what is allowed, whatever is given", () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), fc.anything(), (tier, capacity, tuning) => {
      const { plan, problems } = makePlan({ tier, capacity, tuning });
      expect(plan === undefined).toBe((problems ?? []).length > 0);
      for (const { path, value, allowed } of problems ?? []) expect([path, value, allowed]).not.toContain("");
    }),
  );
});

it.each([
  ["gthread", ["gunicorn.worker_class", "gunicorn.threads", "gunicorn.worker_connections"], true],
  ["sync", ["gunicorn.worker_class", "gunicorn.threads", "gunicorn.worker_connections"], true],
  ["gevent", ["gunicorn.worker_class"], false],
  ["asgi", [], false],
] as const)("sets of a class of workers what it reads: %s", (workerClass, set, bounded) => {
  const { plan } = makePlan({ capacity: { connections: 2000, workerClass } });
  const ofClass = ["gunicorn.worker_class", "gunicorn.threads", "gunicorn.worker_connections"];
  const names = plan?.settings.map(({ name }) => name).filter((name) => ofClass.includes(name));
  expect(names).toEqual(set);
  expect(plan?.breaksFirst.some(({ limit }) => limit === "gunicorn.threads")).toBe(bounded);
  expect(plan?.needs.databaseConnections).toBeGreaterThan(0);
});
