import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { bootMachine, cutPower, findMachine, rebootMachine, removeMachine, ssh } from "../../lab/machine";
import { machineFolder } from "../../lab/machine/folder";
import { CONTAINER } from "../../lab/machine/container/container";
import { must, run } from "../../lab/run";
import { fetchSite } from "./site";
import { traces, tracesAtLast } from "./traces";

const NAME = "test-container";
const SECONDS = 1_000;
const CHECKOUT = join(__dirname, "..", "..");
const CLI = [join(CHECKOUT, "node_modules/.bin/tsx"), "lab/cli.ts"] as const;

const say = () => undefined;
const boot = (name = NAME, more: object = {}) =>
  bootMachine(name, say, { kind: "container", tethered: true, ...more });

let labFolder: string;

beforeAll(async () => {
  const hindrance = await CONTAINER.hindrance();
  if (hindrance) throw new Error(`No container can be tested here: ${hindrance}`);
  labFolder = mkdtempSync(join(tmpdir(), "heavyload lab, ")); // blank and comma: paths with them have to work
  process.env["HEAVYLOAD_LAB"] = labFolder;
}, 60 * SECONDS);

afterEach(async () => {
  for (const name of readdirSync(labFolder)) await removeMachine(name);
});

afterAll(() => {
  rmSync(labFolder, { recursive: true });
  delete process.env["HEAVYLOAD_LAB"];
});

describe("a container", () => {
  it(
    "is Debian as installed, with a site that answers, and says truly what is not its own",
    async () => {
      const machine = await boot();
      expect(await fetchSite(machine, "/")).toMatchObject({ status: 200, body: '{"site": "lab"}' });
      const said = await ssh(
        machine,
        `id -un; sudo id -un; systemctl is-system-running; cat /proc/sys/net/core/somaxconn
         sudo sysctl -qw net.core.somaxconn=5000; cat /proc/sys/net/core/somaxconn
         sudo sysctl -qw fs.file-max=4000000 2>/dev/null || echo not mine
         sudo awk '/open files/ { print $5 }' /proc/1/limits`,
      );
      const { openFiles, ownKernel, ownSize } = machine.abilities;
      expect(said.stdout.trim().split("\n")).toEqual([
        ...["admin", "root", "running", "4096", "5000", "not mine", String(openFiles)],
      ]);
      expect([ownKernel, ownSize]).toEqual([false, false]);
    },
    30 * SECONDS,
  );

  it(
    "has a new kernel's network after a reboot and after a power cut, and keeps its files and its address",
    async () => {
      const machine = await boot();
      const mark = "sudo sysctl -qw net.core.somaxconn=5000; echo kept | sudo tee -a /etc/mark";
      const look = "cat /proc/sys/net/core/somaxconn /etc/mark /proc/sys/kernel/random/boot_id";
      await ssh(machine, mark);
      const [, , first] = (await ssh(machine, look)).stdout.split("\n");
      await rebootMachine(machine, say);
      const [queue, kept, second] = (await ssh(machine, look)).stdout.split("\n");
      expect([queue, kept]).toEqual(["4096", "kept"]);
      await ssh(machine, mark);
      await cutPower(NAME);
      expect(await findMachine(NAME)).toBeUndefined();
      const again = await boot(NAME, { kind: undefined });
      expect(again).toEqual(machine);
      const [back, , , third] = (await ssh(again, look)).stdout.split("\n");
      expect(back).toBe("4096");
      expect(new Set([first, second, third]).size).toBe(3);
    },
    60 * SECONDS,
  );

  it(
    "stands beside others of the same root, each with a network and files of its own",
    async () => {
      const [one, other] = await Promise.all([boot("one"), boot("other")]);
      expect(one.host).not.toBe(other.host);
      await ssh(one, "echo mine | sudo tee /etc/mark; sudo sysctl -qw net.core.somaxconn=5000");
      const seen = await ssh(other, "ls /etc/mark; cat /proc/sys/net/core/somaxconn");
      expect(seen.stdout).toBe("4096\n");
      await removeMachine("one");
      expect((await fetchSite(other, "/")).status).toBe(200);
    },
    60 * SECONDS,
  );
});

describe("nothing of it is left", () => {
  it(
    "when it is removed",
    async () => {
      await boot();
      expect(traces(NAME).length).toBeGreaterThan(3); // what is looked for is there
      await removeMachine(NAME);
      expect(await tracesAtLast(NAME)).toEqual([]);
      await removeMachine(NAME); // removing nothing is fine
    },
    30 * SECONDS,
  );

  it.each(["SIGINT", "SIGKILL"] as const)(
    "when %s ends whoever boots it",
    async (signal) => {
      const [program, script] = CLI;
      const args = [script, "up", "--kind", "container", "--name", NAME];
      const starter = spawn(program, args, {
        cwd: CHECKOUT,
        env: process.env,
        detached: true,
        stdio: "ignore",
      });
      const { pid } = machineFolder(NAME);
      while (!existsSync(pid)) await sleep(5);
      process.kill(-(starter.pid ?? 0), signal); // the whole group, as a terminal does
      expect(await tracesAtLast(NAME)).toEqual([]);
    },
    30 * SECONDS,
  );

  it(
    "when a process that has it for itself is killed, a load network of it included",
    async () => {
      const script = `
        const { bootMachine } = require("./lab/machine");
        const { LoadNetwork } = require("./lab/load/network");
        bootMachine("${NAME}", () => {}, { kind: "container", tethered: true })
          .then(() => LoadNetwork.open("${NAME}")).then(() => process.kill(process.pid, "SIGKILL"));`;
      await run(process.execPath, ["-r", "tsx/cjs", "-e", script], { cwd: CHECKOUT });
      expect(await tracesAtLast(NAME)).toEqual([]);
    },
    30 * SECONDS,
  );

  it(
    "when it does not boot, and the error says why",
    async () => {
      const tools = mkdtempSync(join(tmpdir(), "heavyload-tools-"));
      const nspawn = join(tools, "systemd-nspawn");
      writeFileSync(nspawn, "#!/bin/sh\necho no boot today\nexit 1\n");
      chmodSync(nspawn, 0o755);
      const path = process.env["PATH"] ?? "";
      process.env["PATH"] = [tools, path].join(delimiter);
      try {
        await expect(boot()).rejects.toThrow("no boot today");
      } finally {
        process.env["PATH"] = path;
        rmSync(tools, { recursive: true });
      }
      expect(await tracesAtLast(NAME)).toEqual([]);
    },
    30 * SECONDS,
  );
});

describe("the command line", () => {
  it(
    "boots one that outlives it, says what it is, and takes it away",
    async () => {
      const [program, script] = CLI;
      const cli = (...args: string[]) => must(program, [script, ...args, "--name", NAME], { cwd: CHECKOUT });
      const up = JSON.parse(await cli("up", "--kind", "container", "--json")) as object;
      expect(up).toMatchObject({ kind: "container", accelerator: "native", abilities: { ownKernel: false } });
      expect(await cli("status")).toContain("not its own: the kernel");
      expect(await cli("ssh", "echo", "it")).toBe("it\n");
      await cli("down");
      expect(await tracesAtLast(NAME)).toEqual([]);
    },
    60 * SECONDS,
  );

  it("refuses what a container cannot have, all at once", async () => {
    await expect(boot(NAME, { cpus: 99, release: "lenny" })).rejects.toThrow(
      /release is lenny, .*; cpus is 99, .*; memoryMiB and cpus are a VM's/,
    );
  });
});
