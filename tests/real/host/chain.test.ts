import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { stepsOf } from "../../../components/steps/steps";
import { makePlan } from "../../../components/tuning/plan";
import { parseReport, type Report } from "../../../components/tuning/report";
import { rebootMachine } from "../../../lab/machine";
import { toStderr } from "../../../lab/progress";
import { linesOf, LOWER } from "../../../lab/drive/load";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { TestStack } from "../../../lab/drive/stack";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";
import { RELEASE } from "../where";

/** What the report says of a host of each release. */
const HOSTS = {
  bullseye: { os: /bullseye/, nginx: /^1\.18\./, gunicorn: /^20\./ },
  bookworm: { os: /bookworm/, nginx: /^1\.22\./, gunicorn: /^20\./ },
  trixie: { os: /trixie/, nginx: /^1\.26\./, gunicorn: /^23\./ },
  forky: { os: /forky/, nginx: /^1\.\d\d\./, gunicorn: /^\d\d\./ }, // not out yet
} as const;
const HOST = Object.fromEntries(
  Object.entries(HOSTS[RELEASE]).map(([name, text]) => [name, expect.stringMatching(text)]),
);

let host: Pristine;
let tuned: Tuned;
let stack: TestStack;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});
beforeAll(async () => {
  stack = await TestStack.make("chain");
});
afterAll(() => stack.remove());

const APP = { wsgi: "mysite.wsgi", directory: "/srv/site", user: "site", serverNames: ["shop.test"] };

describe("the whole chain", () => {
  test(
    "is previewed, put in force, does nothing the second time, changes loads, and goes back as it was",
    async () => {
      await stack.configure({ machine: host.machine });
      expect(await stack.preview()).toContain("at least 16384");
      expect(await host.untouched()).toEqual([]);
      try {
        succeeded(await stack.up());
        const report = await stack.pulumi.output<Report>("report");
        expect(report.settings.filter(({ ok }) => !ok)).toEqual([]);
        expect(report.host).toMatchObject(HOST);
        expect(succeeded(await stack.up()).stdout).not.toMatch(/updated|created/);
        expect(await tuned.root("heavyload verify")).toContain(" 0 short");

        await stack.configure({ machine: host.machine, lines: linesOf(LOWER) });
        succeeded(await stack.up());
        expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      } finally {
        succeeded(await stack.destroy());
      }
      expect(await host.untouched()).toEqual([]);
    },
    15 * MINUTES,
  );

  test(
    "makes a site of an application that nobody has set up, keeps it over a reboot, and goes back as it was",
    async () => {
      const wanted = tuned.with({ order: { app: APP } });
      const { plan } = makePlan(wanted.wish);
      if (!plan) throw new Error("no plan");
      let last = "";
      for (const step of stepsOf(true)) last = succeeded(await wanted.apply(step)).stdout;
      expect(parseReport(last, plan).settings.filter(({ ok }) => !ok)).toEqual([]);
      await rebootMachine(host.machine, toStderr);
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      for (const step of [...stepsOf(true)].reverse())
        if (step !== "report") succeeded(await wanted.restore(step));
      expect(await host.untouched()).toEqual([]);
    },
    12 * MINUTES,
  );
});
