import { Tuned } from "../../lab/drive/tuned";
import { LoadNetwork } from "../../lab/load/network";
import { ensurePackages } from "../../lab/packages";
import { tunedFor } from "../host/states";
import type { Aim, Line, Measurement, Row } from "../measure/measurement";
import { onMachine } from "../measure/onMachine";
import type { Site } from "./capacities";
import { askingDatabase } from "./databasePage";
import { calibrated, KEEP, knownOf, lookAt, pageOf } from "./look";
import { PLACES, QUICK, type Place } from "./places";

/** Prediction and measurement apart by no more than that. Unit: per cent. */
const WITHIN = 15;

/** What did not break at a load at all is off by anything. Unit: per cent. */
const off = (row: Row): number => (row["off by %"] === "" ? Infinity : Math.abs(Number(row["off by %"])));
const within = (row: Row): boolean => off(row) <= WITHIN;

const lineOf = (site: Site, { name, wishOf, options, limits, weight }: Place, quick: boolean): Line => ({
  name: `${site.name}${name}`,
  points: limits.map((_, index) => index + 1),
  weight: () => weight,
  open: onMachine(options, async (machine, say) => {
    await ensurePackages(say, [{ program: "wrk", package: "wrk" }]);
    await tunedFor(wishOf(site))(machine, say);
    await new Tuned(machine).root(KEEP);
    const known = await LoadNetwork.during(machine.name, async (network) => {
      if (limits.some(({ database }) => database !== undefined)) await askingDatabase(machine, network, say);
      return knownOf(await calibrated(site, machine, network, pageOf(site)), machine);
    });
    return async (point) => {
      const one = limits[point - 1];
      if (!one) throw new Error(`there is no limit ${point}`);
      say(`  ${one.limit}`);
      const row = await lookAt(known, machine, one, say);
      if (quick && !(row["said to break first"] === one.limit && within(row)))
        throw new Error(`what was lowered is not said, or not seen, to break first: ${JSON.stringify(row)}`);
      return [row];
    };
  }),
});

function aims(rows: readonly Row[]): Aim[] {
  const first = rows.filter((row) => row["said to break first"] === row["limit"]).length;
  const near = rows.filter(within).length;
  return [
    {
      what: "the limit that is lowered is the one that the audit says breaks first",
      wanted: String(rows.length),
      found: String(first),
      holds: first === rows.length,
    },
    {
      what: `it breaks at the load predicted, ${WITHIN} % at most off`,
      wanted: String(rows.length),
      found: `${near}; ${Math.max(...rows.map(off))} % at the worst`,
      holds: near === rows.length,
    },
  ];
}

export const BREAKS: Measurement = {
  name: "breaks",
  title: "What breaks first",
  seen: "limits lowered one after the other: what breaks first, and at what load, as predicted and as measured",
  about:
    "One limit after the other is lowered by hand until it is the first to be hit, on hosts tuned for four loads: most of them to about half of what the load takes, gunicorn's threads to the least that its workers can have, a database's connections to the least that a plan allows. They are containers, and emulated virtual machines for what the kernel tracks and for memory. For memory the loads are crowds, the application has grown, and the machine is filled with as much as the model counts on for it and for services that the lab's machine does not have. npm run audit is asked what breaks first, and at what load; then load is offered, and what the host bears is measured.",
  lines: ({ quick }) =>
    (quick ? [QUICK] : PLACES).flatMap((place) => place.sites.map((site) => lineOf(site, place, quick))),
  columns: ["site", "limit", "said to break first", "predicted", "measured", "off by %", "unit"],
  aims,
  chart: (rows) => ({
    title: {
      text: "What breaks first",
      subtitle: "a limit is lowered: the load at which it breaks, in the limit's own unit; grey: 15 % apart",
    },
    width: 480,
    height: 480,
    layer: [
      ...[1 - WITHIN / 100, 1 + WITHIN / 100].map((by) => ({
        data: { values: DOMAIN.map((load) => ({ load, then: load * by })) },
        mark: { type: "line" as const, color: "#bbbbbb", strokeWidth: 1, point: false, clip: true },
        encoding: { x: axis("load", "predicted"), y: axis("then", "measured") },
      })),
      {
        data: { values: rows.filter(({ measured }) => typeof measured === "number") },
        mark: { type: "point", filled: true, size: 80, opacity: 1 },
        encoding: {
          x: axis("predicted", "predicted"),
          y: axis("measured", "measured"),
          color: {
            field: "limit",
            type: "nominal",
            sort: null,
            scale: { range: COLOURS },
            legend: { orient: "right" },
          },
          shape: { field: "site", type: "nominal", sort: null, legend: { orient: "right" } },
        },
      },
    ],
  }),
};

/** Category10 of D3, and black: as many as there are limits. */
const COLOURS = [
  ...["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd"],
  ...["#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf", "#000000"],
];
const LOADS = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
const DOMAIN = [4, 120_000];

function axis(field: string, title: string) {
  const scale = { type: "log" as const, domain: DOMAIN, nice: false };
  return { field, type: "quantitative", scale, title, axis: { format: "~s", values: LOADS } } as const;
}
