// What every plan must satisfy, written from the facts and not from the formulas.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { hasThreads } from "../../components/tuning/capacity";
import { resolveOn } from "../../components/tuning/hostSize";
import { makePlan, type Plan } from "../../components/tuning/plan";
import { member } from "../../components/tuning/problem";
import { parseValue } from "../../components/tuning/value";
import { capacities, tunings } from "./wishes";

const RUNS = 20_000;
const HOSTS = [1, 2, 4, 16, 64, 256].flatMap((cpus) => [0, 2048, 65_536].map((more) => ({ cpus, more })));

/** The plan's numbers on a host of some size that has at least the memory the plan asks for. */
function onHost(plan: Plan, cpus: number, more: number): (name: string) => number {
  const values = new Map(plan.settings.map(({ name, value }) => [name, value]));
  const numbers = resolveOn({ cpus, memoryMiB: plan.needs.memoryMiB + more }, values);
  return (name) => Number(numbers.get(name));
}

/** Everything that is wrong with a plan on a host, by the number of the invariant. */
function broken(plan: Plan, cpus: number, more: number): string[] {
  const get = onHost(plan, cpus, more);
  const { connections, requestsPerSecond, secondsPerRequest, queueSeconds, tls, ...rest } = plan.capacity;
  const [workers, threads] = [get("gunicorn.workers"), get("gunicorn.threads")];
  const upstream = Math.min(connections, get("gunicorn.backlog") + requestsPerSecond * secondsPerRequest);
  const slots = cpus * get("nginx.worker_connections");
  const own = (name: string): boolean => plan.settings.some((one) => one.name === name && one.overridden);
  const memoryMiB =
    (connections * (tls ? 18 : 4.7)) / 1024 +
    (requestsPerSecond * 60 * 256) / 2 ** 20 +
    workers * rest.workerMemoryMiB;
  const bounded = hasThreads(rest.workerClass);
  const rules: Record<string, boolean> = {
    "1 soft <= hard": get("nofile.soft") <= get("nofile.hard"),
    "1 hard <= nr_open": get("nofile.hard") <= get("fs.nr_open"),
    "1 nr_open < file-max": get("fs.nr_open") < get("fs.file-max"),
    "2 descriptors": get("nginx.worker_rlimit_nofile") >= 2 * get("nginx.worker_connections"),
    "2 rlimit <= nr_open": get("nginx.worker_rlimit_nofile") <= get("fs.nr_open"),
    // A number of one's own holds on the CPUs that the capacity names; where it names none, on one.
    "3 slots":
      slots >= 1.25 * (connections + upstream) ||
      (own("nginx.worker_connections") && rest.cpus === undefined),
    "4 listen": get("nginx.listen.backlog") <= get("net.core.somaxconn"),
    "4 unix socket": get("gunicorn.backlog") <= get("net.core.somaxconn"),
    // Fractions that a computer makes itself count for nothing.
    "5 wait": get("gunicorn.backlog") <= Math.max(requestsPerSecond * queueSeconds * (1 + 1e-12), 1),
    "5 nginx waits longer": queueSeconds + secondsPerRequest < 60,
    "6 load balancer": get("nginx.keepalive_timeout") > 60 || own("nginx.keepalive_timeout"),
    "7 threads": !bounded || threads < get("gunicorn.worker_connections"),
    "8 conntrack": get("net.netfilter.nf_conntrack_max") >= 2 * (connections + requestsPerSecond * 60),
    "9 memory": memoryMiB <= plan.needs.memoryMiB + more || own("gunicorn.workers"),
    workers: workers >= 1 && (!bounded || threads >= 1),
    database:
      !bounded ||
      workers * threads * rest.databaseHosts <= (rest.databaseConnections ?? plan.needs.databaseConnections),
  };
  return Object.entries(rules).flatMap(([name, holds]) => (holds ? [] : [name]));
}

describe("a plan", () => {
  it("meets every invariant on every host, or the wish is refused by the key that offends", () => {
    const count = { plans: 0, refusals: 0 };
    fc.assert(
      fc.property(capacities, tunings, fc.nat(HOSTS.length - 1), (capacity, tuning, at) => {
        const { plan, problems } = makePlan({ capacity, tuning });
        if (problems) {
          count.refusals += 1;
          // Two values of a plan that do not fit are the user's doing only where they gave one of them.
          const given = [
            ...Object.entries(capacity).flatMap(([name, one]) =>
              one === undefined ? [] : [`capacity.${name}`],
            ),
            ...Object.keys(tuning).map((name) => member("tuning", name)),
          ];
          for (const { path, value, allowed } of problems) {
            expect(given).toContain(path);
            expect([value, allowed]).not.toContain("");
          }
          return;
        }
        count.plans += 1;
        const { cpus, more } = HOSTS[at] ?? { cpus: 1, more: 0 };
        expect(broken(plan, plan.capacity.cpus ?? cpus, more)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(count.plans).toBeGreaterThan(RUNS / 10);
    expect(count.refusals).toBeGreaterThan(RUNS / 10);
  }, 120_000);

  it("has one line a setting, of a value that its own range lets through in one spelling", () => {
    fc.assert(
      fc.property(capacities, (capacity) => {
        const { settings } = makePlan({ capacity }).plan ?? { settings: [] };
        expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
        for (const { rule, type, value } of settings) {
          expect(value).not.toMatch(/\n/);
          if (rule !== "computed") expect(parseValue(type, value)).toBe(value);
        }
      }),
      { numRuns: 2_000 },
    );
  }, 60_000);

  it("is the same for the same wish", () => {
    fc.assert(
      fc.property(capacities, tunings, (capacity, tuning) => {
        expect(makePlan({ capacity, tuning })).toEqual(
          makePlan({ capacity: { ...capacity }, tuning: { ...tuning } }),
        );
      }),
    );
  });
});

/** Ranges that shrink, times that get shorter: what a higher load may move the other way. */
const DOWNWARDS = ["at most"];
const SIZES = ["gunicorn.workers", "gunicorn.threads", "gunicorn.worker_connections"]; // what is left of one memory for more connections

it("never has a smaller limit for more connections or more requests", () => {
  const numbers = (plan: Plan): Map<string, number[]> => {
    const get = onHost(plan, plan.capacity.cpus ?? 4, 8_192);
    return new Map(
      plan.settings
        .filter(
          ({ type, rule, name }) =>
            !DOWNWARDS.includes(rule) && type.kind !== "word" && !SIZES.includes(name),
        )
        .map(({ name, type, value }) => {
          if (type.kind === "range")
            return [name, value.split(" ").map((end, i) => (i === 0 ? -1 : 1) * Number(end))];
          if (type.kind === "ports") return [name, [value.split(",").length]];
          return [name, [get(name)]];
        }),
    );
  };
  let compared = 0;
  fc.assert(
    fc.property(
      capacities,
      fc.integer({ min: 0, max: 900_000 }),
      fc.double({ min: 1, max: 50, noNaN: true }),
      (capacity, more, times) => {
        const requestsPerSecond = capacity.requestsPerSecond ?? Math.max(capacity.connections / 10, 1);
        const low = makePlan({ capacity: { ...capacity, requestsPerSecond } }).plan;
        const larger = {
          ...capacity,
          connections: Math.min(capacity.connections + more, 1_000_000),
          requestsPerSecond: Math.min(requestsPerSecond * times, 100_000),
        };
        const high = makePlan({ capacity: larger }).plan;
        if (!low || !high) return;
        compared += 1;
        const after = numbers(high);
        for (const [name, fields] of numbers(low))
          fields.forEach((field, i) =>
            expect([name, (after.get(name)?.[i] ?? -Infinity) >= field]).toEqual([name, true]),
          );
      },
    ),
    { numRuns: 5_000 },
  );
  expect(compared).toBeGreaterThan(500);
}, 60_000);
