import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { medians, withRatio } from "../measure/medians";
import { roundsOf, type Measurement, type Row } from "../measure/measurement";
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
  withRatio(
    medians(rows, ["what", "configuration"], "milliseconds"),
    "milliseconds",
    ({ what }, of) => what === of["what"],
  );

export const CONFIGURATIONS: Measurement = {
  name: "sites",
  title: "Large configurations of nginx",
  about:
    "What the host program takes to read, edit and put back one file of nginx's, by the size of the file.",
  seen: "the tuning of nginx configurations with 3,000 servers, and with 4,000 ports, beside smaller ones",
  lines: (how) => [
    {
      name: "sites",
      points: roundsOf(how),
      open: () => Promise.resolve({ look: () => Promise.resolve(once()), close: () => Promise.resolve() }),
    },
  ],
  columns: ["configuration", "milliseconds", "ratio"],
  shown,
  chart: (rows) =>
    barsOf(shown(rows), {
      title: "Large configurations of nginx",
      bar: "configuration",
      number: "milliseconds",
    }),
};
