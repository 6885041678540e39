import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { makePlan } from "../../components/tuning/plan";
import { TIERS } from "../../components/tuning/tiers";
import { needsNothing } from "../measure/closing";
import { median } from "../measure/median";
import { ratios } from "../measure/medians";
import { inRounds, type Measurement, type Row } from "../measure/measurement";
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

const once = (): Row[] =>
  Object.entries(WORKS).map(([what, work]) => ({ what, milliseconds: round(work()) }));

const shown = (rows: readonly Row[]): Row[] =>
  ratios(rows, ["what"], "milliseconds", ({ what }) => what === EMPTY);

export const PLAN: Measurement = {
  name: "plan",
  title: "Planning",
  about: "What a plan takes, and npm run explain from start to end, beside an empty script of Node's.",
  seen: "a plan, and npm run explain",
  lines: inRounds(
    "plan",
    needsNothing(() => Promise.resolve(once())),
  ),
  columns: ["what", "milliseconds", "ratio"],
  shown,
  chart: (rows) => barsOf(shown(rows), { title: "Planning", bar: "what", number: "milliseconds" }),
};

const round = (number: number): number => Number(number.toPrecision(3));
