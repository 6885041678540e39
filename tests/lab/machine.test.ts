import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bootMachine, findMachine, type Machine, removeMachine, ssh } from "../../lab/machine";
import { machineFolder } from "../../lab/machine/folder";
import type { KindName } from "../../lab/machine/kindName";
import { runningPid } from "../../lab/machine/process";
import { run } from "../../lab/run";
import { fetchSite } from "./site";

const NAME = "test-machine";
const MINUTES = 60_000;
/** The tests of the kernel make, enter, reboot and remove a VM too: it is looked at here with all the others. */
const KIND =
  process.env["HEAVYLOAD_TEST_ALL"] === "1" ? "vm" : (process.env["HEAVYLOAD_TEST_KIND"] as KindName);
const CHECKOUT = join(__dirname, "..", "..");

const lines: string[] = [];
const say = (line: string) => void lines.push(line);
const cli = (...args: string[]) =>
  run(join(CHECKOUT, "node_modules/.bin/tsx"), ["lab/cli.ts", ...args, "--name", NAME], { cwd: CHECKOUT });

let machine: Machine;
let labFolder: string;

/** In a folder of its own, so that neither a machine of the user's nor another run's is touched. */
beforeAll(async () => {
  labFolder = mkdtempSync(join(tmpdir(), "heavyload lab ")); // a blank: paths with one have to work
  process.env["HEAVYLOAD_LAB"] = labFolder;
  machine = await bootMachine(NAME, say, { kind: KIND });
}, 12 * MINUTES);

afterAll(async () => {
  await removeMachine(NAME);
  rmSync(labFolder, { recursive: true });
  delete process.env["HEAVYLOAD_LAB"];
}, MINUTES);

describe("the lab machine", () => {
  it(
    "answers on the site's views through nginx and gunicorn",
    async () => {
      expect(await fetchSite(machine, "/")).toMatchObject({ status: 200, body: '{"site": "lab"}' });
      expect(await fetchSite(machine, "/cpu?n=10")).toMatchObject({ status: 200 });
      expect(await fetchSite(machine, "/static/hello.txt")).toMatchObject({ status: 200, body: "hello\n" });
      expect(await fetchSite(machine, "/wait?ms=x")).toMatchObject({ status: 400 });
      const waited = await fetchSite(machine, "/wait?ms=500");
      expect(waited.status).toBe(200);
      expect(waited.time).toBeGreaterThanOrEqual(500);
    },
    MINUTES,
  );

  it(
    "runs commands over SSH with input, exit status and sudo",
    async () => {
      expect(await ssh(machine, "cat; exit 7", { input: "from here" })).toMatchObject({
        code: 7,
        stdout: "from here",
      });
      expect(await ssh(machine, "id -un; sudo id -un")).toMatchObject({ code: 0, stdout: "admin\nroot\n" });
    },
    MINUTES,
  );

  it(
    "is as the distribution installs it, and whole",
    async () => {
      const command =
        "cat /proc/sys/net/core/somaxconn; systemctl is-system-running; grep -c . /etc/machine-id";
      expect(await ssh(machine, command)).toMatchObject({ code: 0, stdout: "4096\nrunning\n1\n" });
      const nginx = await ssh(
        machine,
        "grep worker_connections /etc/nginx/nginx.conf; ls /etc/nginx/sites-enabled",
      );
      expect(nginx.stdout).toBe("\tworker_connections 768;\nsite\n");
    },
    MINUTES,
  );

  it(
    "refuses root, and a machine that proves itself with another key",
    async () => {
      const root = await ssh({ ...machine, user: "root" }, "true");
      expect(root.code).toBe(255);
      expect(root.stderr).toContain("Permission denied");
      const { knownHosts } = machineFolder(NAME);
      expect(readFileSync(knownHosts, "utf8")).toBe(
        `${KIND === "vm" ? `[127.0.0.1]:${machine.port}` : machine.host} ${machine.hostKey}\n`,
      );
      const unknown = await ssh({ ...machine, name: "test-nowhere" }, "true");
      expect(unknown.code).toBe(255);
      expect(unknown.stderr).toContain("Host key verification failed");
    },
    MINUTES,
  );

  it(
    "is returned at once while it runs, to this process and to others",
    async () => {
      const said = lines.length;
      expect(await bootMachine(NAME, say)).toEqual(machine);
      expect(await findMachine(NAME)).toEqual(machine);
      expect(lines.slice(said).join("\n")).not.toContain("booting");
      expect(statSync(machine.privateKeyFile).mode & 0o777).toBe(0o600);

      const up = await cli("up", "--json");
      const facts = JSON.parse(up.stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
      const { privateKey, ...open } = machine;
      expect({ privateKey, ...facts }).toEqual(machine);
      expect(Object.keys(facts).sort()).toEqual(Object.keys(open).sort());
      expect(await cli("ssh", "echo it; exit 5")).toMatchObject({ code: 5, stdout: "it\n" });
    },
    MINUTES,
  );

  // Reboots and power cuts: tests/real/steps.test.ts and transaction.test.ts.

  it(
    "leaves neither a process nor a folder when it is removed, and removing nothing is fine",
    async () => {
      const folder = machineFolder(NAME);
      const pid = runningPid(folder);
      await removeMachine(NAME, say);
      expect(pid).toBeGreaterThan(1);
      expect(existsSync(`/proc/${pid}/exe`)).toBe(false);
      expect(existsSync(folder.path)).toBe(false);
      await removeMachine(NAME, say);
    },
    MINUTES,
  );
});

describe("bad input", () => {
  it.each(["", "../up", "Lab", "-x", "a".repeat(41)])("refuses %j as a machine's name", async (name) => {
    await expect(bootMachine(name, say)).rejects.toThrow(`The name of a lab machine is "${name}"`);
  });

  it("names every option that is out of range at once", async () => {
    await expect(bootMachine("test-bad", say, { memoryMiB: 64, cpus: 0 })).rejects.toThrow(
      "memoryMiB is 64, allowed is a whole number from 256; cpus is 0, allowed is a whole number from 1 to 64",
    );
  });
});
