import { expect, it } from "@jest/globals";
import type { Capacity } from "../../components/tuning/capacity";
import { makePlan } from "../../components/tuning/plan";

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
  [32_769, "65535"], // 65536 is EINVAL on old kernels
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
