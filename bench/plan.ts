import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { renderTable } from "../components/tuning/table";
import { makePlan } from "../components/tuning/plan";
import { TIERS } from "../components/tuning/tiers";
import { median } from "./median";

const ROOT = join(__dirname, "..");

/** Unit: milliseconds. */
function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const command =
  (program: string, ...args: readonly string[]) =>
  (): unknown =>
    execFileSync(program, args, { cwd: ROOT, stdio: "ignore" });

/** What a plan costs, and `npm run explain` from start to end beside an empty script. */
export function benchPlan(rounds: number): void {
  const tiers = [...TIERS.keys()];
  const plans = () => tiers.map((tier) => makePlan({ tier }));
  const works: readonly (readonly [string, () => unknown])[] = [
    ["node, an empty script", command(process.execPath, "-e", "0")],
    ["npm run explain", command("npm", "run", "--silent", "explain", "--", "--tier", "10k")],
  ];
  const first = timed(() => makePlan({ tier: "10k" }));
  const rows = works.map(
    ([name, work]) => [name, Array.from({ length: rounds }, () => timed(work))] as const,
  );
  const base = median(rows[0]?.[1] ?? []);
  const plan = median(Array.from({ length: rounds * 20 }, () => timed(plans))) / tiers.length;
  console.log(
    renderTable(
      ["what", "milliseconds", "ratio"].map((title) => ({ title })),
      [
        ["a plan", plan.toFixed(2), `${(plan / base).toFixed(3)}x`],
        ["the first plan in a process", first.toFixed(2), `${(first / base).toFixed(3)}x`],
        ...rows.map(([name, times]) => [
          name,
          median(times).toFixed(0),
          `${(median(times) / base).toFixed(1)}x`,
        ]),
      ],
    ),
  );
}
