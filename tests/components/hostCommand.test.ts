import { spawnSync } from "node:child_process";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { concernStep, hostStep, reportStep } from "../../components/steps/command";
import { stepCommand, stepsOf } from "../../components/steps/steps";

describe("the host step", () => {
  const loader = "import sys;print(sys.argv[1:], sys.stdin.buffer.readline(), sys.flags.isolated)";
  const packed = deflateSync(JSON.stringify({ "loader.py": loader })).toString("base64");
  const stdin = `# ${packed}\nconcern: host\n`;

  it.each([
    ["apply", hostStep.apply],
    ["restore", hostStep.restore ?? ""],
  ])("runs the loader from its stdin to %s, and leaves the manifest to it", (verb, line) => {
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", line], { input: stdin, encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: `['${verb}', 'host'] b'concern: host\\n' 1\n`, stderr: "" });
  });

  it.each([stdin.slice(9), `# ${packed.slice(0, -8)}\n`, `# ${packed.replace(/[A-Z]/, "*")}\n`, "", "\n"])(
    "says in one line that the program was damaged on its way: %j",
    (input) => {
      const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", hostStep.apply], {
        input,
        encoding: "utf8",
      });
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^heavyload: the program was damaged on its way, nothing was changed: .*\n$/);
    },
  );

  it("says what to install where there is no Python", () => {
    const line = hostStep.apply.replace("/usr/bin/python3", "/nonexistent/python3");
    const { status, stderr } = spawnSync("/bin/sh", ["-c", line], { input: stdin, encoding: "utf8" });
    expect(stderr).toBe(
      "heavyload: /nonexistent/python3 is missing on this host: install python3, 3.9 or later\n",
    );
    expect(status).toBe(69);
  });
});

it("restores nothing where the program is gone, and runs it where it is there", () => {
  expect(concernStep("kernel", "admin").restore).toBe(
    "sudo -n test ! -e /var/lib/heavyload/bin/heavyload || sudo -n /var/lib/heavyload/bin/heavyload restore kernel",
  );
  const gone = (concernStep("kernel", "root").restore ?? "").replaceAll("/var/lib/heavyload", "/nonexistent");
  expect(spawnSync("/bin/sh", ["-c", gone]).status).toBe(0);
  expect(
    spawnSync("/bin/sh", [
      "-c",
      gone.replaceAll("/nonexistent/bin/heavyload", "/bin/echo"),
    ]).stdout.toString(),
  ).toBe("restore kernel\n");
});

it("reports with the program on the host, and takes nothing back", () => {
  expect(reportStep("root")).toEqual({ apply: "/var/lib/heavyload/bin/heavyload report" });
});

it("keeps every line but the host's under 200 characters", () => {
  for (const step of stepsOf(true).filter((name) => name !== "host")) {
    const { apply, restore = "" } = stepCommand(step, "admin");
    expect(Math.max(apply.length, restore.length)).toBeLessThan(200);
  }
});
