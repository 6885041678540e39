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

it("prints the report as a table that fits a terminal", () => {
  const long = "5432,5555,5672,6379,6432,8000-8001,8080,8443,9000";
  const lines = [
    hostLine({ cpus: 1, nginx: null, gunicorn: "20.1.0" }),
    settingLine(),
    settingLine({
      name: "net.ipv4.ip_local_reserved_ports",
      rule: "widen",
      wanted: long,
      before: "",
      now: "",
      afterReboot: long,
      ok: false,
      readFrom: "/proc/sys/net/ipv4/ip_local_reserved_ports",
    }),
  ];
  expect(renderSummary(parseReport(lines.join("\n"), load))).toBe(
    `Tier 10k: 10000 connections, 1000 requests a second
Host: Debian GNU/Linux 12, kernel 6.1.0-40, 1 CPU, 2900 MiB, no nginx, gunicorn 20.1.0

    setting                           before  now    wanted                rule      after a reboot        read from
--  --------------------------------  ------  -----  --------------------  --------  --------------------  -----------------------
ok  net.core.somaxconn                4096    16384  16384                 at least  16384                 somaxconn
NO  net.ipv4.ip_local_reserved_ports  -       -      5432,5555,5672,6379,  widen     5432,5555,5672,6379,  ip_local_reserved_ports
                                                     6432,8000-8001,8080,            6432,8000-8001,8080,
                                                     8443,9000                       8443,9000

1 of 2 settings as wanted`,
  );
});
