import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { renderConcern, renderHost, renderReport } from "../../components/tuning/manifest";
import { makePlan } from "../../components/tuning/plan";

const head = { revision: 1, stack: "heavyload/lab/host" };

it("renders a concern's manifest as docs/manifest.md has it", () => {
  const settings = (makePlan({ tier: "2k" }).plan?.settings ?? []).filter(
    ({ concern }) => concern === "kernel",
  );
  expect(renderConcern({ ...head, concern: "kernel", settings })).toBe(
    [
      "concern: kernel",
      "revision: 1",
      "stack: heavyload/lab/host",
      "settings:",
      "  net.core.netdev_max_backlog: at least 2500",
      "  net.core.somaxconn: at least 4096",
      "  net.ipv4.ip_local_port_range: widen 32768 60999",
      "  net.ipv4.tcp_keepalive_intvl: at most 30",
      "  net.ipv4.tcp_keepalive_probes: at most 5",
      "  net.ipv4.tcp_keepalive_time: at most 300",
      "  net.ipv4.tcp_max_syn_backlog: at least 4096",
      "  net.ipv4.tcp_max_tw_buckets: at least 12000",
      "  net.ipv4.tcp_slow_start_after_idle: at most 0",
      "  net.ipv4.tcp_syncookies: at least 1",
      "  net.netfilter.nf_conntrack_buckets: at least 16384",
      "  net.netfilter.nf_conntrack_max: at least 65536",
      "complete: true",
      "",
    ].join("\n"),
  );
});

it("renders the host's manifest, with flags only where they are true", () => {
  const host = { ...head, program: "abc", plan: "def", memoryMiB: 640 };
  const plain = "concern: host\nrevision: 1\nstack: heavyload/lab/host\nprogram: abc\nplan: def\n";
  const needs = "require:\n  memory_mib: at least 640\ncomplete: true\n";
  expect(renderHost(host)).toBe(plain + needs);
  expect(renderHost({ ...host, adopt: false, allowUntested: false })).toBe(plain + needs);
  expect(renderHost({ ...host, adopt: true, allowUntested: true, reapply: "again" })).toBe(
    `${plain}reapply: "again"\nadopt: true\nallow-untested: true\n${needs}`,
  );
});

it("renders the report's manifest with the hashes of the others", () => {
  expect(renderReport({ ...head, tier: "10k", manifests: { nginx: "b", kernel: "a" } })).toBe(
    "concern: report\nrevision: 1\nstack: heavyload/lab/host\ntier: 10k\nmanifests:\n  kernel: a\n  nginx: b\ncomplete: true\n",
  );
});

it("gives the same bytes whatever the order of the settings", () => {
  const settings = makePlan({ tier: "50k" }).plan?.settings ?? [];
  const wanted = renderConcern({ ...head, concern: "kernel", settings });
  fc.assert(
    fc.property(fc.shuffledSubarray([...settings], { minLength: settings.length }), (shuffled) => {
      expect(renderConcern({ ...head, concern: "kernel", settings: shuffled })).toBe(wanted);
    }),
  );
});

it("keeps any text of reapply on one line of ASCII, and readable as JSON", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (reapply) => {
      const line = renderConcern({ ...head, reapply, concern: "kernel", settings: [] }).split("\n")[3] ?? "";
      expect(line).toMatch(/^reapply: "[ -~]*"$/);
      expect(JSON.parse(line.slice("reapply: ".length))).toBe(reapply);
    }),
  );
});
