import { expect, it } from "@jest/globals";
import { CAPACITY, INPUTS, capacityProblems } from "../../components/tuning/capacity";
import { renderProblems } from "../../components/tuning/problem";
import { CUSTOM, TIERS, resolveLoad } from "../../components/tuning/tiers";

const text = (load: ReturnType<typeof resolveLoad>) => (Array.isArray(load) ? renderProblems(load) : load);

it.each([...TIERS])("knows the tier %s, which is a capacity that a user could give", (tier, capacity) => {
  expect(resolveLoad(tier, undefined)).toEqual({ tier, capacity });
  expect(capacityProblems(capacity)).toEqual([]);
});

it("names tiers by their connections, each larger than the one before", () => {
  const sizes = [...TIERS].map(([name, { connections }]) => [`${connections / 1000}k`, name]);
  for (const [size, name] of sizes) expect(size).toBe(name);
  const connections = [...TIERS.values()].map((capacity) => capacity.connections);
  expect(connections).toEqual([...connections].sort((a, b) => a - b));
});

it("takes numbers instead of a tier, and puts defaults beside them", () => {
  const capacity = { connections: 300, requestsPerSecond: 20 };
  expect(resolveLoad(undefined, capacity)).toEqual({
    tier: CUSTOM,
    capacity: {
      ...capacity,
      secondsPerRequest: 0.05,
      waitingShare: 0.8,
      queueSeconds: 10,
      workerClass: "gthread",
      workerMemoryMiB: 100,
      tls: true,
      databaseHosts: 1,
    },
  });
});

it.each([
  ["3k", undefined, 'tier is "3k", allowed: 2k, 10k, 50k, 100k. Or give capacity instead.'],
  [undefined, undefined, "tier is not given, allowed: 2k, 10k, 50k, 100k. Or give capacity instead."],
  [10, undefined, "tier is 10, allowed: 2k, 10k, 50k, 100k. Or give capacity instead."],
  ["10k", { connections: 300 }, 'capacity is given beside tier "10k", allowed: one of the two'],
  [undefined, 10, `capacity is 10, allowed: an object of ${INPUTS.join(", ")}`],
])("refuses tier %j with capacity %j", (tier, capacity, message) => {
  expect(text(resolveLoad(tier, capacity))).toBe(message);
});

it("names every wrong field of a capacity at once, and the fields it does not know", () => {
  expect(text(resolveLoad(undefined, { requestsPerSecond: 0, tls: "yes", users: 5 }))).toBe(
    "capacity.connections is not given, allowed: a whole number from 100 to 1000000\n" +
      "capacity.requestsPerSecond is 0, allowed: a number from 1 to 100000\n" +
      'capacity.tls is "yes", allowed: true or false\n' +
      `capacity["users"] is given, allowed: only the names ${INPUTS.join(", ")}`,
  );
});

const numbers = INPUTS.filter((name) => CAPACITY[name].kind.endsWith("number"));

it.each(numbers)("takes both ends of %s and nothing beyond", (name) => {
  const { min = 0, max = 0, kind } = CAPACITY[name];
  const problems = (value: unknown) => capacityProblems({ connections: 1000, [name]: value }).length;
  expect([min, max].map(problems)).toEqual([0, 0]);
  const step = kind === "number" ? 0.0001 : 1;
  const wrong = [min - step, max + step, String(min), Number.NaN, Infinity];
  if (kind === "whole number") wrong.push(min + 0.5);
  expect(wrong.map(problems)).toEqual(wrong.map(() => 1));
});
