import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { makePlan } from "../../components/tuning/plan";
import { renderProblems } from "../../components/tuning/problem";
import { TIERS } from "../../components/tuning/tiers";

const textOf = (wish: Parameters<typeof makePlan>[0]) => renderProblems(makePlan(wish).problems ?? []);

it("plans a tier", () => {
  const { plan } = makePlan({ tier: "10k" });
  expect(plan?.settings.map(({ name, rule, value }) => `${name} ${rule} ${value}`)).toEqual([
    "net.core.somaxconn at least 16384",
    "net.core.netdev_max_backlog at least 2500",
    "net.ipv4.tcp_max_syn_backlog at least 16384",
    "net.ipv4.tcp_keepalive_time at most 300",
    "net.ipv4.ip_local_port_range widen 5120 65535",
    "net.ipv4.ip_local_reserved_ports widen 5432,5555,5672,6379,6432,8000-8001,8080,8443,9000,9090-9100,9200,11211,15672,25672,27017",
  ]);
  expect(plan).toMatchObject({ tier: "10k", capacity: TIERS.get("10k"), needs: { memoryMiB: 640 } });
});

it.each([
  ["2k", 640],
  ["10k", 640],
  ["50k", 768],
  ["100k", 1024],
])("needs for tier %s %d MiB", (tier, memoryMiB) => {
  expect(makePlan({ tier }).plan?.needs).toEqual({ memoryMiB });
});

it("puts overrides in the place of its own values and keeps the rule", () => {
  const tuning = { "net.core.somaxconn": 8192, "net.ipv4.tcp_keepalive_time": "120" };
  const settings = makePlan({ tier: "10k", tuning }).plan?.settings.filter(({ overridden }) => overridden);
  expect(settings?.map(({ name, rule, value }) => [name, rule, value])).toEqual([
    ["net.core.somaxconn", "at least", "8192"],
    ["net.ipv4.tcp_keepalive_time", "at most", "120"],
  ]);
});

it("reserves what an overridden range opens, and nothing where it opens nothing", () => {
  const reserved = (range: string) =>
    makePlan({ tier: "10k", tuning: { "net.ipv4.ip_local_port_range": range } }).plan?.settings.find(
      ({ name }) => name.endsWith("reserved_ports"),
    )?.value;
  expect(reserved("11000 65535")).toBe("11211,15672,25672,27017");
  expect(reserved("32768 60999")).toBeUndefined();
});

it("refuses a reserved list that leaves too few ports", () => {
  const tuning = {
    "net.ipv4.ip_local_port_range": "50000 60999",
    "net.ipv4.ip_local_reserved_ports": "50000-56000",
  };
  expect(textOf({ tier: "10k", tuning })).toBe(
    'tuning["net.ipv4.ip_local_reserved_ports"] is "50000-56000", allowed: a list that leaves at least half of the ' +
      "11000 ports of net.ipv4.ip_local_port_range (50000 60999). Reserve fewer ports, or widen the range.",
  );
});

it("names every problem of tier and overrides at once", () => {
  const names =
    "net.core.somaxconn, net.core.netdev_max_backlog, net.ipv4.tcp_max_syn_backlog, net.ipv4.tcp_keepalive_time, " +
    "net.ipv4.ip_local_port_range, net.ipv4.ip_local_reserved_ports";
  const tuning = { somaxconn: 1, "net.core.somaxconn": 65536, "net.ipv4.ip_local_port_range": "65535 1024" };
  expect(textOf({ tier: "3k", tuning }).split("\n")).toEqual([
    'tier is "3k", allowed: 2k, 10k, 50k, 100k. Or give capacity instead.',
    `tuning["somaxconn"] is 1, allowed: only the names ${names}`,
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
