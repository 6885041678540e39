import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { renderTable } from "../components/tuning/table";
import { median } from "./median";

type Case = readonly [what: string, count: number, seconds: readonly number[]];

/** What four times as many servers in nginx's configuration, or ports in one `listen`, cost the host program. */
export function benchSites(rounds: number): void {
  const said = execFileSync("python3", [join(__dirname, "sites.py"), String(rounds)], { encoding: "utf8" });
  const rows = (JSON.parse(said) as readonly Case[]).map(([what, count, times]) => ({
    what,
    count,
    time: median(times),
  }));
  const titles = ["nginx's configuration", "milliseconds", "ratio"];
  console.log(
    renderTable(
      titles.map((title) => ({ title })),
      rows.map(({ what, count, time }) => {
        const base = rows.find((row) => row.what === what)?.time ?? NaN;
        return [`${count} ${what}`, (1000 * time).toFixed(0), `${(time / base).toFixed(1)}x`];
      }),
    ),
  );
}
