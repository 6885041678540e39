import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { parseReport } from "../../components/tuning/report";
import { renderSummary } from "../../components/tuning/summary";
import { hostLine, settingLine } from "../components/reportLines";

const load = { tier: "10k", capacity: { connections: 10_000, requestsPerSecond: 1_000 } };

it("reads what the host printed", () => {
  expect(parseReport(`${hostLine()}\n${settingLine()}\n`, load)).toEqual({
    ...load,
    host: { os: "Debian GNU/Linux 12", kernel: "6.1.0-40", cpus: 2, memoryMiB: 2900, nginx: "1.22.1" },
    settings: [
      {
        concern: "kernel",
        name: "net.core.somaxconn",
        wanted: "16384",
        before: "4096",
        now: "16384",
        afterReboot: "16384",
        rule: "at least",
        state: "in force",
        ok: true,
        readFrom: "/proc/sys/net/core/somaxconn",
      },
    ],
  });
});

it("passes over what a login shell says before", () => {
  expect(parseReport(`Welcome\n[1]\n${hostLine()}\n${settingLine()}\n`, load).settings).toHaveLength(1);
});

it("leaves out what a newer program says besides", () => {
  const report = parseReport(hostLine({ uptime: 5 }), load);
  expect(Object.keys(report.host)).toEqual(["os", "kernel", "cpus", "memoryMiB", "nginx"]);
});

it.each([
  ['{"hello": 1}', 'does not understand: {"hello": 1}; give `reapply` a new text'],
  ["{cut", "does not understand: {cut"],
  ["hello", "has no line of the host itself; it printed: hello"],
  [hostLine({ cpus: "2" }), "does not understand: {"],
  [settingLine({ ok: undefined }), "does not understand: {"],
  ["", "has no line of the host itself"],
])("refuses %s and says what is wrong", (stdout, message) => {
  expect(() => parseReport(stdout, load)).toThrow(message);
});

it("prints the report as the table in its golden file (UPDATE_GOLDEN=1 writes it anew)", () => {
  const [lines, golden] = ["report.jsonl", "report.txt"].map((name) => join(__dirname, "../golden", name));
  const summary = `${renderSummary(parseReport(readFileSync(lines ?? "", "utf8"), load))}\n`;
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(golden ?? "", summary);
  expect(readFileSync(golden ?? "", "utf8")).toBe(summary);
});
