import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { CAPACITY_RANGES, type Capacity } from "../../components/tuning/capacity";
import { CONCERNS } from "../../components/tuning/concerns";
import { KERNEL } from "../../components/tuning/kernel";
import { makePlan } from "../../components/tuning/plan";
import { countPorts, parsePorts } from "../../components/tuning/ports";
import { parseValue } from "../../components/tuning/value";

const capacities = fc.record<Capacity>({
  connections: fc.integer(CAPACITY_RANGES.connections),
  requestsPerSecond: fc.integer(CAPACITY_RANGES.requestsPerSecond),
});

function valuesFor(capacity: Partial<Capacity>): Map<string, string> {
  const { plan } = makePlan({ capacity: { connections: 1000, requestsPerSecond: 10, ...capacity } });
  return new Map(plan?.settings.map(({ name, value }) => [name, value]));
}

it.each([
  [100, "4096"],
  [4096, "4096"],
  [4097, "8192"],
  [10_000, "16384"],
  [32_768, "32768"],
  [32_769, "65535"], // 65536 is EINVAL before kernel 5.0
  [1_000_000, "65535"],
])("queues for %d connections: %s", (connections, queue) => {
  const values = valuesFor({ connections });
  expect(values.get("net.core.somaxconn")).toBe(queue);
  expect(values.get("net.ipv4.tcp_max_syn_backlog")).toBe(queue);
});

it.each([
  [100, "2500"],
  [10_000, "2500"],
  [10_001, "2501"],
  [1_000_000, "250000"],
])("lets packets of %d connections wait: %s", (connections, backlog) => {
  expect(valuesFor({ connections }).get("net.core.netdev_max_backlog")).toBe(backlog);
});

it.each([
  [1, "32768 60999", undefined],
  [470, "32768 60999", undefined], // 28,200 of 28,232
  [471, "32768 65535", undefined], // the lower end never rises over the kernel's
  [547, "31744 65535", undefined],
  [600, "28672 65535", undefined],
  [700, "22528 65535", "25672,27017"],
  [
    1_000,
    "5120 65535",
    "5432,5555,5672,6379,6432,8000-8001,8080,8443,9000,9090-9100,9200,11211,15672,25672,27017",
  ],
  [
    1_092,
    "1024 65535",
    "3000,3306,4369,5432,5555,5672,6379,6432,8000-8001,8080,8443,9000,9090-9100,9200,11211,15672,25672,27017",
  ],
])("gives %d requests a second the ports %s and reserves %s", (requestsPerSecond, range, reserved) => {
  const values = valuesFor({ requestsPerSecond });
  expect(values.get("net.ipv4.ip_local_port_range")).toBe(range);
  expect(values.get("net.ipv4.ip_local_reserved_ports")).toBe(reserved);
});

it("has a complete entry for every knob, each of its own name", () => {
  for (const { name, unit, default: given, why, source, concern } of KERNEL) {
    expect({ name, texts: [unit, given, why, source].filter((text) => text.trim() === "") }).toEqual({
      name,
      texts: [],
    });
    expect(name).toMatch(/^net\.(core|ipv4)\.[a-z_]+$/);
    expect(CONCERNS.map((known) => known.name)).toContain(concern);
  }
  expect(new Set(KERNEL.map(({ name }) => name)).size).toBe(KERNEL.length);
});

it("plans only values that its own ranges let through, in their one spelling", () => {
  fc.assert(
    fc.property(capacities, (capacity) => {
      const values = valuesFor(capacity);
      for (const { name, type } of KERNEL) {
        const value = values.get(name);
        if (value !== undefined) expect(parseValue(type, value)).toBe(value);
      }
    }),
  );
});

it("never lowers a limit for a higher load", () => {
  const weight = (name: string, value = ""): number[] => {
    if (name.endsWith("reserved_ports")) return [countPorts(parsePorts(value) ?? [])];
    const fields = value.split(" ").map(Number);
    return fields.length === 2 ? [-(fields[0] ?? 0), fields[1] ?? 0] : fields;
  };
  const atMost = (name: string) => KERNEL.find((setting) => setting.name === name)?.rule === "at most";
  fc.assert(
    fc.property(capacities, capacities, (one, other) => {
      const low = valuesFor(fold(Math.min, one, other));
      const high = valuesFor(fold(Math.max, one, other));
      for (const { name } of KERNEL) {
        const [less, more] = [weight(name, low.get(name)), weight(name, high.get(name))];
        more.forEach((field, i) => {
          const rises = field - (less[i] ?? 0);
          expect(atMost(name) ? -rises : rises).toBeGreaterThanOrEqual(0);
        });
      }
    }),
  );
});

const fold = (pick: (...values: number[]) => number, one: Capacity, other: Capacity): Capacity => ({
  connections: pick(one.connections, other.connections),
  requestsPerSecond: pick(one.requestsPerSecond, other.requestsPerSecond),
});
