// In a container whose root is nobody outside of it, as the unprivileged ones of LXC, which Proxmox makes.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { stepsOf } from "../../../components/steps/steps";
import { MINUTES, Pristine } from "../pristine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

const STEPS = stepsOf(false);

let host: Pristine;
let tuned: Tuned;

beforeAll(async () => {
  host = await Pristine.boot({ userNamespace: true });
  tuned = host.tuned;
}, 5 * MINUTES);

afterAll(() => host.remove(), MINUTES);

test(
  "everything goes in up to the hard limit of open files, holds, and goes back as it was",
  async () => {
    for (const step of STEPS) succeeded(await tuned.apply(step));
    const { settings } = JSON.parse(await tuned.root("heavyload status --json")) as {
      settings: { ok: boolean }[];
    };
    expect(settings.length).toBeGreaterThan(50);
    expect(settings.filter(({ ok }) => !ok)).toEqual([]);
    for (const step of STEPS.slice(1, -1))
      expect(succeeded(await tuned.apply(step)).stdout).toContain(" 0 changed");
    expect(await tuned.root("heavyload verify")).toContain(" 0 short");
    for (const step of [...STEPS].reverse()) if (step !== "report") succeeded(await tuned.restore(step));
    expect(await host.untouched()).toEqual([]);
  },
  5 * MINUTES,
);

test(
  "more than the hard limit is one clear error, before anything is touched",
  async () => {
    const { openFiles } = host.machine.abilities;
    const much = { tier: "10k", tuning: { "nofile.hard": openFiles + 1_000_000 } };
    const done = await tuned.with({ wish: much }).apply("host");
    expect(done.code).not.toBe(0);
    expect(done.stderr.match(/^ +- /gm)).toHaveLength(1);
    expect(done.stderr).toContain(
      `nofile.hard: wanted at least ${openFiles + 1_000_000}, found ${openFiles}`,
    );
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);
