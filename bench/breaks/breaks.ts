import { Tuned } from "../../lab/drive/tuned";
import { LoadNetwork } from "../../lab/load/network";
import { ensurePackages } from "../../lab/packages";
import { tunedFor } from "../host/states";
import type { MachineOptions } from "../../lab/machine";
import type { Aim, Line, Measurement, Row } from "../measure/measurement";
import { onMachine } from "../measure/onMachine";
import { SITES, wishOf, type Site } from "./capacities";
import { LOWERED, LOWERED_ON_VM, type Lowered } from "./limits";
import { askingDatabase } from "./databasePage";
import { calibrated, KEEP, knownOf, lookAt, pageOf } from "./look";

/** Prediction and measurement apart by no more than that. Unit: per cent. */
const WITHIN = 15;

/** A machine, and what is lowered there. */
interface Place {
  readonly name: string;
  readonly options: MachineOptions;
  readonly limits: readonly Lowered[];
  /** How long one of them takes, beside those of other places. */
  readonly weight: number;
}

const CONTAINER: Place = { name: "", options: { kind: "container" }, limits: LOWERED, weight: 1 };
const VM: Place = {
  name: ", on a virtual machine",
  options: { memoryMiB: 2_048 },
  limits: LOWERED_ON_VM,
  weight: 10,
};

const lineOf = (site: Site, { name, options, limits, weight }: Place, quick: boolean): Line => ({
  name: `${site.name}${name}`,
  points: limits.map((_, index) => index + 1),
  weight: () => weight,
  open: onMachine(options, async (machine, say) => {
    await ensurePackages(say, [{ program: "wrk", package: "wrk" }]);
    await tunedFor(wishOf(site))(machine, say);
    await new Tuned(machine).root(KEEP);
    const known = await LoadNetwork.during(machine.name, async (network) => {
      if (limits.some(({ load }) => load?.(site).databaseConnections !== undefined))
        await askingDatabase(machine, network, say);
      return knownOf(await calibrated(site, machine, network, pageOf(site)), machine);
    });
    return async (point) => {
      const one = limits[point - 1];
      if (!one) throw new Error(`there is no limit ${point}`);
      say(`  ${one.limit}`);
      const row = await lookAt(known, machine, one, say);
      if (quick && (row["said to break first"] !== one.limit || typeof row["measured"] !== "number"))
        throw new Error(`what was lowered is not said, or not seen, to break first: ${JSON.stringify(row)}`);
      return [row];
    };
  }),
});

/** Found out about in some seconds. */
const QUICK = { ...CONTAINER, limits: LOWERED.filter(({ limit }) => limit === "gunicorn.backlog") };

function aims(rows: readonly Row[]): Aim[] {
  const first = rows.filter((row) => row["said to break first"] === row["limit"]).length;
  const by = rows.map((row) => (row["off by %"] === "" ? Infinity : Math.abs(Number(row["off by %"]))));
  const within = by.filter((off) => off <= WITHIN).length;
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
      found: `${within}; ${Math.max(...by)} % at the worst`,
      holds: within === rows.length,
    },
  ];
}

export const BREAKS: Measurement = {
  name: "breaks",
  title: "What breaks first",
  seen: "limits lowered one after the other: what breaks first, and at what load, as predicted and as measured",
  about:
    "One limit after the other is lowered by hand, to about half of the load (a database's to the least that a plan allows), on hosts tuned for four loads: containers, and an emulated virtual machine for what the kernel tracks. npm run audit is asked what breaks first, and at what load; then load is offered, and what the host bears is measured.",
  lines: ({ quick }) =>
    quick
      ? SITES.slice(0, 1).map((site) => lineOf(site, QUICK, quick))
      : [CONTAINER, VM].flatMap((place) => SITES.map((site) => lineOf(site, place, quick))),
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
        data: { values: [4, 1_250].map((load) => ({ load, then: load * by })) },
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
            scale: { scheme: "category10" }, // as many as there are limits
            legend: { orient: "right" },
          },
          shape: { field: "site", type: "nominal", sort: null, legend: { orient: "right" } },
        },
      },
    ],
  }),
};

const LOADS = [5, 10, 20, 50, 100, 200, 500, 1_000];

function axis(field: string, title: string) {
  const scale = { type: "log" as const, domain: [4, 1_250], nice: false };
  return { field, type: "quantitative", scale, title, axis: { format: "~s", values: LOADS } } as const;
}
