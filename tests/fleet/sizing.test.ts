import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BALANCERS } from "../../components/fleet/balancers";
import { sizeFleet, type Fleet } from "../../components/fleet/sizing";
import type { FleetWish } from "../../components/fleet/wish";
import { renderProblems } from "../../components/tuning/problem";

const sized = (input: FleetWish): Fleet => {
  const { fleet, problems = [] } = sizeFleet(input);
  if (!fleet) throw new Error(renderProblems(problems));
  return fleet;
};
const refused = (input: FleetWish): string => renderProblems(sizeFleet(input).problems ?? []);
const valueIn = ({ host }: Fleet, name: string): number =>
  Number(host.settings.find((setting) => setting.name === name)?.value);

const TYPE = "c8g.4xlarge";
const LOADS = fc.record({
  connections: fc.integer({ min: 100, max: 1_000_000 }),
  requestsPerSecond: fc.integer({ min: 1, max: 20_000 }),
  secondsPerRequest: fc.constantFrom(0.005, 0.05, 0.3),
  waitingShare: fc.constantFrom(0, 0.8),
  workerMemoryMiB: fc.constantFrom(50, 100, 900),
});

describe("the hosts that a load takes", () => {
  // The span in published estimates: users think 10 to 20 seconds, 100 requests a second of a CPU, 60 % use.
  it.each([
    ["10k", TYPE, 2, 3],
    ["50k", TYPE, 4, 6],
    ["100k", TYPE, 6, 11],
  ])("tier %s on %s: from %d to %d", (tier, instanceType, from, to) => {
    const { hosts } = sized({ tier, instanceType });
    expect(hosts.needed).toBeGreaterThanOrEqual(from);
    expect(hosts.needed).toBeLessThanOrEqual(to);
  });

  it("is what a person reckons: CPUs over their use, connections over what one has held, two zones", () => {
    const { asks, hosts, tracking, connections } = sized({
      capacity: { connections: 1_000_000, requestsPerSecond: 50_000 },
      instanceType: TYPE,
    });
    // 50,000 a second, 10 ms of CPU each: 500 CPUs busy, 833.3 with room, 16 of them a host.
    expect(asks).toMatchObject([
      { limit: "CPUs", hosts: 53 },
      { limit: "gunicorn", hosts: 16 },
      { limit: "connections", hosts: 6 },
      { limit: "zones", hosts: 2 },
      { limit: "memory", hosts: 1 },
    ]);
    expect(hosts).toEqual({ needed: 53, minSize: 53, maxSize: 106 });
    // A host's 16 CPUs, 60 % busy, do 960 a second.
    expect(tracking).toEqual({ metric: "ALBRequestCountPerTarget", target: 57_600 });
    // Ten seconds of requests in the queue and those that are worked on, not a million idle clients.
    expect(connections).toBe(502_500);
  });

  it("lets all clients through to the hosts of a balancer that does not pool", () => {
    const fleet = sized({
      capacity: { connections: 1_000_000, requestsPerSecond: 100 },
      instanceType: TYPE,
      balancer: "nlb",
    });
    expect(fleet.connections).toBe(1_000_000);
    expect(fleet.asks[0]).toMatchObject({ limit: "connections", hosts: 10 });
    expect(fleet.host.capacity.connections).toBe(Math.ceil(1_000_000 / 9)); // one of the ten is lost
    expect(fleet.tracking).toEqual({ metric: "ASGAverageCPUUtilization", target: 60 });
  });

  it("asks for as many as have memory for their workers", () => {
    const heavy = { connections: 100_000, workerMemoryMiB: 2_000, waitingShare: 0 };
    expect(refused({ capacity: heavy, instanceType: "c8g.large" })).toContain(
      'instanceType is "c8g.large" with 3891 MiB, allowed: one with at least',
    );
    const { asks, host, size } = sized({ capacity: heavy, instanceType: "c8g.4xlarge" });
    expect(host.needs.memoryMiB).toBeLessThanOrEqual(size.memoryMiB);
    expect(asks.find(({ limit }) => limit === "memory")?.hosts).toBeGreaterThan(1);
  });

  it("asks for as many as work off the requests, where one has few slots, and grows by what these do", () => {
    for (const capacity of [
      { connections: 100_000, workerClass: "sync" },
      { connections: 10_000, workerClass: "sync", waitingShare: 0.95 },
      { connections: 50_000, requestsPerSecond: 500, workerMemoryMiB: 6_000, workerClass: "sync" },
    ]) {
      const { breaksFirst, asks, hosts, tracking, host } = sized({ capacity, instanceType: TYPE });
      const threads = breaksFirst.find(({ limit }) => limit === "gunicorn.threads");
      expect(threads?.times).toBeGreaterThanOrEqual(1);
      expect(asks.find(({ limit }) => limit === "gunicorn")?.hosts).toBeLessThanOrEqual(hosts.needed);
      const each = host.breaksFirst.find(({ limit }) => limit === "gunicorn.threads");
      expect(tracking.target).toBeLessThan(60 * Number(each?.at));
    }
  });

  it("holds for every load: enough of each limit, and no host that breaks before the load is there", () => {
    fc.assert(
      fc.property(LOADS, fc.constantFrom(...BALANCERS.keys()), (capacity, balancer) => {
        const { fleet, problems } = sizeFleet({ capacity, balancer, instanceType: "m8g.4xlarge" });
        if (!fleet) return expect(problems).not.toEqual([]);
        const { hosts, size, host, connections, breaksFirst } = fleet;
        const { requestsPerSecond, secondsPerRequest, waitingShare } = fleet.capacity;
        const busy = requestsPerSecond * secondsPerRequest * (1 - waitingShare);
        expect(busy).toBeLessThanOrEqual(hosts.needed * size.cpus * 0.6 + 1e-6);
        expect(connections).toBeLessThanOrEqual(hosts.needed * 100_000);
        expect(host.capacity.connections * Math.max(hosts.needed - 1, 1)).toBeGreaterThanOrEqual(connections);
        expect(hosts.minSize).toBeLessThanOrEqual(hosts.maxSize);
        // As a person would write it, whatever number of hosts it is multiplied by.
        for (const { at } of breaksFirst) expect(String(at)).toMatch(/^(\d|\d\.\d|\d{2,})$/);
        for (const { limit, times, onlyIf } of breaksFirst)
          // What waits longer than it may is let go: a queue's length is its time, not the connections held.
          if (onlyIf === undefined && !["gunicorn.backlog", "nginx.listen.backlog"].includes(limit))
            expect([limit, times >= 1]).toEqual([limit, true]);
      }),
      { numRuns: 300 },
    );
  });

  it("never takes fewer for more", () => {
    fc.assert(
      fc.property(LOADS, (capacity) => {
        const more = { ...capacity, requestsPerSecond: capacity.requestsPerSecond * 2 };
        const [one, two] = [capacity, more].map(
          (of) => sizeFleet({ capacity: of, instanceType: "m8g.8xlarge" }).fleet,
        );
        if (one && two) expect(two.hosts.needed).toBeGreaterThanOrEqual(one.hosts.needed);
      }),
      { numRuns: 100 },
    );
  });
});

describe("time-outs along the whole way", () => {
  it("each keeps a connection longer than whoever sends requests into it", () => {
    expect(valueIn(sized({ tier: "10k", instanceType: TYPE }), "nginx.keepalive_timeout")).toBe(65);
    const longer = { connections: 10_000, balancerIdleSeconds: 120 };
    expect(valueIn(sized({ capacity: longer, instanceType: TYPE }), "nginx.keepalive_timeout")).toBe(125);
    expect(refused({ tier: "10k", instanceType: TYPE, tuning: { "nginx.keepalive_timeout": 60 } })).toContain(
      'tuning["nginx.keepalive_timeout"] is 60, allowed: above 60, balancerIdleSeconds',
    );
  });

  it("an answer comes before the balancer gives up on it", () => {
    const slow = {
      connections: 10_000,
      queueSeconds: 20,
      secondsPerRequest: 10,
      requestsPerSecond: 5,
      balancerIdleSeconds: 30,
    };
    expect(refused({ capacity: slow, instanceType: TYPE })).toMatch(
      /balancerIdleSeconds is 30, allowed: above 30:.*504/,
    );
  });

  it("a balancer that passes packets on is told of the end before it forgets", () => {
    const nlb = { tier: "10k", instanceType: TYPE, balancer: "nlb" };
    expect(valueIn(sized(nlb), "nginx.keepalive_timeout")).toBeLessThan(350);
    expect(valueIn(sized(nlb), "net.ipv4.tcp_keepalive_time")).toBeLessThan(350);
    expect(refused({ ...nlb, tuning: { "nginx.keepalive_timeout": 400 } })).toContain("allowed: below 350");
  });
});

describe("what cannot be is refused with a way out", () => {
  it("a database that cannot take what all hosts open", () => {
    const few = { connections: 100_000, databaseConnections: 1_500 };
    expect(refused({ capacity: few, instanceType: TYPE, maxSize: 22 })).toMatch(
      /capacity.databaseConnections is 1500, allowed: at least \d+: 84 requests in flight on each of 28 hosts at the most, and 5 in reserve. Put a pooler/,
    );
    // Left to itself the group grows no further than the database lets it.
    const { hosts, host, breaksFirst } = sized({ capacity: few, instanceType: TYPE });
    expect(hosts).toEqual({ needed: 11, minSize: 11, maxSize: 13 });
    const threads = Number(host.settings.find(({ name }) => name === "gunicorn.threads")?.comesTo);
    expect(threads * 16 * hosts.maxSize).toBeLessThanOrEqual(1_500 * 2);
    expect(breaksFirst.find(({ limit }) => limit === "the database")?.at).toBeGreaterThanOrEqual(
      hosts.maxSize,
    );
    expect(refused({ capacity: { ...few, databaseConnections: 100 }, instanceType: TYPE })).toContain(
      "pooler",
    );
  });

  it("more hosts than the balancer may have, fewer than the load takes, and bounds that cross", () => {
    const large = { connections: 1_000_000, requestsPerSecond: 100_000, waitingShare: 0 };
    expect(refused({ capacity: large, instanceType: "c8g.large" })).toMatch(
      /one of which 1000 carry the load, the quota of this balancer, not 4167. Take a larger type/,
    );
    expect(refused({ tier: "100k", instanceType: TYPE, maxSize: 3 })).toContain(
      "maxSize is 3, allowed: at least 11",
    );
    expect(refused({ tier: "100k", instanceType: TYPE, minSize: 30, maxSize: 20 })).toContain(
      "minSize is 30",
    );
    expect(refused({ tier: "100k", instanceType: TYPE, balancer: "nlb", maxSize: 501 })).toContain(
      "at most 500",
    );
  });

  it("everything at once", () => {
    const all = refused({
      tier: "3k",
      instanceType: "t4g.large",
      balancer: "elb",
      minSize: "x",
      maxSize: 0.5,
    });
    for (const path of ["tier", "balancer", "minSize", "maxSize"]) expect(all).toContain(`${path} is`);
    expect(refused({ tier: "10k", instanceType: "t4g.large" })).toContain("not burstable");
    expect(refused({ tier: "10k", instanceType: "x2idn.large" })).toContain(
      "capacity.cpus and capacity.memoryMiB",
    );
    expect(refused({ tier: "10k" })).toContain("instanceType is not given");
    const known = { connections: 10_000, cpus: 8, memoryMiB: 64_000 };
    expect(sized({ capacity: known, instanceType: "x2idn.large" }).size).toEqual({
      cpus: 8,
      memoryMiB: 64_000,
    });
  });
});
