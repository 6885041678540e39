import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { needsNothing } from "../measure/closing";
import { ratios } from "../measure/medians";
import { inRounds, type Measurement, type Row } from "../measure/measurement";
import { barsOf } from "./bars";

type Case = readonly [what: string, count: number, seconds: readonly number[]];

const once = (): Row[] => {
  const said = execFileSync("python3", [join(__dirname, "sites.py"), "1"], { encoding: "utf8" });
  return (JSON.parse(said) as readonly Case[]).map(([what, count, [time = NaN]]) => ({
    what,
    configuration: `${count} ${what}`,
    milliseconds: Math.round(1_000 * time),
  }));
};

const shown = (rows: readonly Row[]): Row[] =>
  ratios(rows, ["what", "configuration"], "milliseconds", ({ what }, of) => what === of["what"]);

export const CONFIGURATIONS: Measurement = {
  name: "sites",
  title: "Large configurations of nginx",
  about:
    "What the host program takes to read, edit and put back one file of nginx's, by the size of the file.",
  seen: "the tuning of nginx configurations with 3,000 servers, and with 4,000 ports, beside smaller ones",
  lines: inRounds(
    "sites",
    needsNothing(() => Promise.resolve(once())),
  ),
  columns: ["configuration", "milliseconds", "ratio"],
  shown,
  chart: (rows) =>
    barsOf(shown(rows), {
      title: "Large configurations of nginx",
      bar: "configuration",
      number: "milliseconds",
    }),
};
