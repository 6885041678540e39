import { setTimeout as sleep } from "node:timers/promises";
import { stepsOf } from "../../components/steps/steps";
import { socketUnit } from "../../lab/drive/socketUnit";
import { succeeded, Tuned } from "../../lab/drive/tuned";
import { LoadNetwork } from "../../lab/load/network";
import type { SteadyCounts } from "../../lab/load/steady";
import { SteadyLoad } from "../../lab/load/steadyLoad";
import type { Machine } from "../../lab/machine";
import type { Aim, Line, Measurement, Row } from "./measurement";
import { inContainer } from "./states";

/** One page of nginx's and two of Django's, of which one waits as for a database. */
const LOAD = {
  host: "load",
  paths: ["/static/hello.txt", "/", "/wait?ms=50"],
  connections: 30,
  pace: 90,
  freshPace: 30,
  timeout: 60,
};
/** Before, between and after the changes. Unit: seconds. */
const REST = 5;
const STACK = { stack: "bench/change/host" };
const LAYERS = stepsOf(false).filter((step) => step !== "host" && step !== "report");
/** Of the higher ones the requests want more connections tracked than a container may have. */
const UP = ["2k", "10k", "2k"];
const AWAY = "away";

/** What is done to the machine meanwhile, in turn. */
async function change(machine: Machine, tiers: readonly string[], tell: (phase: string) => void) {
  const tuned = (tier: string) => new Tuned(machine, STACK, inContainer(tier));
  await sleep(REST * 1_000);
  for (const [index, tier] of tiers.entries()) {
    tell(`${index + 1}. to ${tier}`);
    for (const step of index === 0 ? stepsOf(false) : LAYERS) succeeded(await tuned(tier).apply(step));
    tell("");
    await sleep(REST * 1_000);
  }
  tell(AWAY);
  await tuned(tiers[tiers.length - 1] ?? "").down(...LAYERS);
  tell("");
  await sleep(REST * 1_000);
}

/** A row a second. */
const watch = (machine: Machine, tiers: readonly string[]): Promise<Row[]> =>
  LoadNetwork.during(machine.name, async (network) => {
    const load = SteadyLoad.start(network, LOAD);
    const rows: Row[] = [];
    let phase = "";
    let before = counted(load.counts);
    const start = Date.now();
    const timer = setInterval(() => {
      const now = counted(load.counts);
      rows.push({
        second: Math.round((Date.now() - start) / 1_000),
        answered: now.answered - before.answered,
        failed: now.failed - before.failed,
        phase,
      });
      before = now;
    }, 1_000);
    try {
      await change(machine, tiers, (text) => (phase = text));
    } finally {
      clearInterval(timer);
      await load.stop();
    }
    return rows;
  });

const counted = ({ answered, answeredFresh, failed }: SteadyCounts) => ({
  answered: answered + answeredFresh,
  failed: Object.values(failed).reduce((sum, count) => sum + count, 0),
});

const WITH_SOCKET = "gunicorn behind a socket unit";
const WITHOUT = "gunicorn by itself";

const lineOf = (name: string, prepare: (machine: Machine) => Promise<unknown>, quick: boolean): Line => ({
  name,
  points: [1],
  machine: { kind: "container" },
  open: async (machine) => {
    await prepare(machine);
    return async () => {
      const rows = await watch(machine, quick ? UP.slice(0, 1) : UP);
      if (quick && name === WITH_SOCKET && sum(rows, "failed") > 0)
        throw new Error(`${sum(rows, "failed")} requests failed during a change: ${JSON.stringify(rows)}`);
      return rows;
    };
  },
});

const sum = (rows: readonly Row[], field: string): number =>
  rows.reduce((all, row) => all + Number(row[field]), 0);

/** By line and phase: a picture's seconds are too many to read. */
function byPhase(rows: readonly Row[]): Row[] {
  const phases = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${row["line"]}\n${row["phase"] || "at rest"}`;
    phases.set(name, [...(phases.get(name) ?? []), row]);
  }
  return [...phases].map(([name, of]) => {
    const [line = "", phase = ""] = name.split("\n");
    return { line, phase, seconds: of.length, answered: sum(of, "answered"), failed: sum(of, "failed") };
  });
}

function aims(rows: readonly Row[]): Aim[] {
  const failed = sum(
    rows.filter(({ line }) => line === WITH_SOCKET),
    "failed",
  );
  const what = "requests that fail while it changes, with a socket unit";
  return [{ what, wanted: "0", found: String(failed), holds: failed === 0 }];
}

export const CHANGE: Measurement = {
  name: "change",
  title: "A change under load",
  about:
    "Requests a second on kept and on fresh connections, while a host goes from as installed to the work of tier 2k, to that of 10k, back to 2k, and is put back. Without a socket unit a restart of gunicorn is a gap, which the step names.",
  lines: (quick) => [
    lineOf(WITH_SOCKET, (machine) => socketUnit(new Tuned(machine)), quick),
    ...(quick ? [] : [lineOf(WITHOUT, () => Promise.resolve(), quick)]),
  ],
  columns: ["line", "phase", "seconds", "answered", "failed"],
  shown: byPhase,
  aims,
  chart: (rows) => ({
    title: {
      text: "A change under load",
      subtitle: "requests a second that are answered and that fail; shaded: a step of heavyload runs",
    },
    data: { values: [...rows] },
    facet: { row: { field: "line", type: "nominal", sort: null, title: null } },
    spec: {
      width: 640,
      height: 150,
      encoding: { x: { field: "second", type: "quantitative", title: "seconds" } },
      layer: [
        {
          transform: [{ filter: "datum.phase !== ''" }],
          mark: { type: "bar", color: "#eeeeee", width: 8 },
          encoding: { y: { value: 0 }, y2: { value: 150 } },
        },
        {
          transform: [{ fold: ["answered", "failed"], as: ["what", "count"] }],
          mark: { type: "line", point: false },
          encoding: {
            y: { field: "count", type: "quantitative", title: "requests a second" },
            color: {
              field: "what",
              type: "nominal",
              scale: { domain: ["answered", "failed"], range: ["#0072b2", "#d55e00"] },
            },
          },
        },
      ],
    },
  }),
};
