import { expect, it } from "@jest/globals";
import { CAPACITY_RANGES, capacityProblems } from "../../components/tuning/capacity";
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

it("takes numbers instead of a tier", () => {
  const capacity = { connections: 300, requestsPerSecond: 20 };
  expect(resolveLoad(undefined, capacity)).toEqual({ tier: CUSTOM, capacity });
});

it.each([
  ["3k", undefined, 'tier is "3k", allowed: 2k, 10k, 50k, 100k. Or give capacity instead.'],
  [undefined, undefined, "tier is not given, allowed: 2k, 10k, 50k, 100k. Or give capacity instead."],
  [10, undefined, "tier is 10, allowed: 2k, 10k, 50k, 100k. Or give capacity instead."],
  [
    "10k",
    { connections: 300, requestsPerSecond: 20 },
    'capacity is given beside tier "10k", allowed: one of the two',
  ],
  [undefined, 10, "capacity is 10, allowed: an object of connections and requestsPerSecond"],
])("refuses tier %j with capacity %j", (tier, capacity, message) => {
  expect(text(resolveLoad(tier, capacity))).toBe(message);
});

it("names every wrong field of a capacity at once, and the fields it does not know", () => {
  expect(text(resolveLoad(undefined, { connections: 99, users: 5 }))).toBe(
    "capacity.connections is 99, allowed: a whole number from 100 to 1000000\n" +
      "capacity.requestsPerSecond is not given, allowed: a whole number from 1 to 1000000\n" +
      'capacity["users"] is 5, allowed: connections, requestsPerSecond',
  );
});

it.each(Object.entries(CAPACITY_RANGES))("takes both ends of %s and nothing beyond", (name, { min, max }) => {
  const problems = (value: unknown) =>
    capacityProblems({ connections: 1000, requestsPerSecond: 10, [name]: value }).length;
  expect([min, max].map(problems)).toEqual([0, 0]);
  expect([min - 1, max + 1, min + 0.5, String(min), Number.NaN, Infinity].map(problems)).toEqual(
    Array(6).fill(1),
  );
});
