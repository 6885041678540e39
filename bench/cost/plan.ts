import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { makePlan } from "../../components/tuning/plan";
import { TIERS } from "../../components/tuning/tiers";
import { median } from "../measure/median";
import { medians, withRatio } from "../measure/medians";
import { roundsOf, type Measurement, type Row } from "../measure/measurement";
import { barsOf } from "./bars";

const ROOT = join(__dirname, "..", "..");
const EMPTY = "node, an empty script";
const PLANS = 20;

/** Unit: milliseconds. */
function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const command = (program: string, ...args: readonly string[]): unknown =>
  execFileSync(program, args, { cwd: ROOT, stdio: "ignore" });

const WORKS: Readonly<Record<string, () => number>> = {
  "a plan": () => {
    const tiers = [...TIERS.keys()];
    const all = () => tiers.map((tier) => makePlan({ tier }));
    return median(Array.from({ length: PLANS }, () => timed(all))) / tiers.length;
  },
  [EMPTY]: () => timed(() => command(process.execPath, "-e", "0")),
  "npm run explain": () => timed(() => command("npm", "run", "--silent", "explain", "--", "--tier", "10k")),
};

const shown = (rows: readonly Row[]): Row[] =>
  withRatio(medians(rows, ["what"], "milliseconds"), "milliseconds", ({ what }) => what === EMPTY);

export const PLAN: Measurement = {
  name: "plan",
  title: "Planning",
  about: "What a plan takes, and npm run explain from start to end, beside an empty script of Node's.",
  seen: "a plan, and npm run explain",
  lines: (how) => [
    {
      name: "plan",
      points: roundsOf(how),
      open: () =>
        Promise.resolve({
          look: () =>
            Promise.resolve(
              Object.entries(WORKS).map(([what, work]): Row => ({ what, milliseconds: round(work()) })),
            ),
          close: () => Promise.resolve(),
        }),
    },
  ],
  columns: ["what", "milliseconds", "ratio"],
  shown,
  chart: (rows) => barsOf(shown(rows), { title: "Planning", bar: "what", number: "milliseconds" }),
};

const round = (number: number): number => Number(number.toPrecision(3));
