import { describe, expect, test } from "@jest/globals";
import { stepsOf } from "../../components/steps";
import { makePlan } from "../../components/tuning/plan";
import { parseReport } from "../../components/tuning/report";
import { rebootMachine } from "../../lab/machine";
import { toStderr } from "../../lab/progress";
import { MINUTES, eachFromPristine, type Pristine } from "./pristine";
import { succeeded, type Tuned } from "./tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

const APP = { wsgi: "mysite.wsgi", directory: "/srv/site", user: "site", serverNames: ["shop.test"] };

/** Every step, the report last, which is returned. */
async function up(wanted: Tuned): Promise<string> {
  let last = "";
  for (const step of stepsOf(wanted.order.app !== undefined))
    last = succeeded(await wanted.apply(step)).stdout;
  return last;
}

async function down(wanted: Tuned): Promise<void> {
  const steps = stepsOf(wanted.order.app !== undefined).filter((step) => step !== "report");
  for (const step of [...steps].reverse()) succeeded(await wanted.restore(step));
}

describe("Debian 13", () => {
  test(
    "is tuned for an application that nobody has set up, keeps it over a reboot, and goes back as it was",
    async () => {
      const wanted = tuned.with({ order: { app: APP } });
      const { plan } = makePlan(wanted.wish);
      if (!plan) throw new Error("no plan");
      const report = parseReport(await up(wanted), plan);
      expect(report.settings.filter(({ ok }) => !ok)).toEqual([]);
      expect(report.host).toMatchObject({
        os: expect.stringContaining("trixie"),
        nginx: expect.stringMatching(/^1\.26\./),
        gunicorn: expect.stringMatching(/^23\./),
      });
      await rebootMachine(host.machine, toStderr);
      expect(await tuned.root("heavyload verify")).toContain("0 failed");
      await down(wanted);
      expect(await host.untouched()).toEqual([]);
    },
    12 * MINUTES,
  );

  test(
    "is tuned for the site that is there, and changes tiers",
    async () => {
      await up(tuned);
      const lower = tuned.with({ wish: { tier: "2k" } });
      await up(lower);
      expect(await tuned.root("heavyload verify")).toContain("0 failed");
      await down(lower);
      expect(await host.untouched()).toEqual([]);
    },
    12 * MINUTES,
  );

  test(
    "has a hard limit for logins also above what it gives a session",
    async () => {
      const high = tuned.with({ wish: { tier: "10k", tuning: { "nofile.hard": 1_000_000 } } });
      await high.up("limits");
      const session = "systemd-run --wait --pipe -q -p PAMName=sshd -p User=www-data sh -c 'ulimit -Hn'";
      expect(await tuned.root(session)).toBe("1000000\n");
      await high.down("limits");
      expect(await tuned.root(session)).toBe("524288\n");
      expect(await host.untouched()).toEqual([]);
    },
    4 * MINUTES,
  );
});
