import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run, type RunResult } from "../../../lab/run";
import { ALL } from "../all";

const MINUTES = 60_000;
/** Whoever waits longer believes that it hangs. */
const SILENCE = 0.2;
const PROJECT = resolve(__dirname, "..", "..", "..");

/** More than the machine holds as installed; `npm run test:all` offers as many as quickstart does by itself. */
const CONNECTIONS = ALL ? 10_000 : 1_600;
const HELD = new RegExp(`^tier 10k, nginx +${CONNECTIONS} +${CONNECTIONS} +${CONNECTIONS} +0 +0 +0$`, "m");

/** Quickstart's machine and state, apart from those of the person who runs the tests. */
let lab: string;

beforeAll(() => {
  lab = mkdtempSync(join(tmpdir(), "heavyload-quickstart-"));
});

afterAll(async () => {
  await quickstart("--down");
  rmSync(lab, { recursive: true, force: true });
}, 3 * MINUTES);

interface Shown extends RunResult {
  /** The longest time without a line, of all that it takes: seconds say what else the computer does. Range: 0 to 1. */
  readonly silence: number;
}

async function quickstart(...args: readonly string[]): Promise<Shown> {
  const start = Date.now();
  let [last, silence] = [start, 0];
  const onLine = () => {
    silence = Math.max(silence, Date.now() - last);
    last = Date.now();
  };
  const env = { HEAVYLOAD_LAB: lab };
  const done = await run("npm", ["run", "--silent", "quickstart", "--", ...args], {
    cwd: PROJECT,
    env,
    onLine,
  });
  return { ...done, silence: silence / (Date.now() - start) };
}

/** Empty when the process has ended, also where nobody has asked yet how. */
function commandLine(pid: number): string {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** The queue that the load has left is worked off first, and who comes to a slow machine meanwhile waits too long. */
async function status(address: string): Promise<number> {
  const deadline = Date.now() + 5 * MINUTES;
  for (;;) {
    const { status } = await fetch(address);
    if (status !== 504 || Date.now() > deadline) return status;
  }
}

const pidFile = () => join(lab, "lab", "pid");

/** A machine that has died is booted again; the power went with everything in force: it is again. */
async function revived(address: string): Promise<void> {
  process.kill(Number(readFileSync(pidFile(), "utf8")), "SIGKILL");
  const second = await quickstart();
  expect(second.code).toBe(0);
  expect(second.stdout).toContain("12 unchanged");
  expect(second.stdout).toMatch(HELD);
  expect(await status(address)).toBe(200);
  const verify = await run("npm", ["run", "--silent", "lab", "--", "ssh", "--", "sudo heavyload verify"], {
    cwd: PROJECT,
    env: { HEAVYLOAD_LAB: lab },
  });
  expect(verify.stdout).toContain(" 0 short");
}

test(
  "quickstart boots, tunes and reports; --down takes everything away",
  async () => {
    const first = await quickstart("--kind", "vm", "--connections", String(CONNECTIONS));
    expect(first.stdout).toContain("the machine: vm, as asked for");
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/command plugin/);
    expect(first.stdout).toMatch(/net.core.somaxconn +: "at least 16384"/); // the preview
    expect(first.stdout).toMatch(/net.core.somaxconn: 4096 -> 16384/); // the progress
    expect(first.stdout).toMatch(/ok +net.core.somaxconn +4096 +16384 +16384 +at least +16384/); // the report
    expect(first.stdout).toMatch(/ok +nofile.soft of nginx.service +1024 +131072 +131072 +at least +131072/);
    expect(first.stdout).toMatch(/ok +nofile.soft of user www-data +1024 +131072/);
    // Offered, answered 200, held at once, 5xx, refused or reset, no answer yet.
    expect(first.stdout).toMatch(new RegExp(`^as installed, nginx +${CONNECTIONS} +\\d+ +1\\d{3} `, "m"));
    expect(first.stdout).toMatch(HELD);
    const django =
      new RegExp(`^tier 10k, Django +${CONNECTIONS} +(\\d+) +\\d+ +0 +0 +(\\d+)$`, "m").exec(first.stdout) ??
      [];
    expect(Number(django[1]) + Number(django[2])).toBe(CONNECTIONS); // answered, or still in the queue
    expect(first.silence).toBeLessThan(SILENCE);
    const address = /The site answers at (\S+)/.exec(first.stdout)?.[1] ?? "";
    expect(await status(address)).toBe(200);

    if (ALL) await revived(address);

    const pid = Number(readFileSync(pidFile(), "utf8"));
    const down = await quickstart("--down");
    expect(down.code).toBe(0);
    expect(commandLine(pid)).toBe("");
    expect(existsSync(join(lab, "lab"))).toBe(false);
  },
  25 * MINUTES,
);
