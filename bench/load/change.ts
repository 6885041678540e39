import { setTimeout as sleep } from "node:timers/promises";
import { stepsOf } from "../../components/steps/steps";
import { socketUnit } from "../../lab/drive/socketUnit";
import { succeeded, Tuned } from "../../lab/drive/tuned";
import { LoadNetwork } from "../../lab/load/network";
import type { SteadyCounts } from "../../lab/load/steady";
import { NOTHING, SteadyLoad } from "../../lab/load/steadyLoad";
import type { PlanInput } from "../../components/tuning/plan";
import type { Machine, MachineOptions } from "../../lab/machine";
import { STATIC_PAGE } from "../../lab/load/target";
import { together } from "../measure/medians";
import { onMachine } from "../measure/onMachine";
import type { Aim, Line, Measurement, Row } from "../measure/measurement";
import { inContainer, LAYERS } from "../host/states";

/** One page of nginx's and two of Django's, of which one waits as for a database. */
const LOAD = { host: "load", paths: [STATIC_PAGE, "/", "/wait?ms=50"], connections: 30, timeout: 60 };
/** Unit: requests a second. */
const PACES = { native: { pace: 90, freshPace: 30 }, tcg: { pace: 9, freshPace: 3 } };
/** Before, between and after the changes. Unit: seconds. */
const REST = 5;
const STACK = { stack: "bench/change/host" };
const AWAY = "away";

/** Where it happens, and which tiers the host goes through. */
interface Way {
  readonly machine: MachineOptions;
  readonly tiers: readonly string[];
  readonly wishOf: (tier: string) => PlanInput;
}
/** A container may not have as many connections tracked as the requests of the higher tiers want. */
const CONTAINER: Way = { machine: { kind: "container" }, tiers: ["2k", "10k", "2k"], wishOf: inContainer };
const VM: Way = { machine: { memoryMiB: 4_096 }, tiers: ["2k", "50k", "2k"], wishOf: (tier) => ({ tier }) };

/** What is done to the machine meanwhile, in turn. */
async function change(machine: Machine, { tiers, wishOf }: Way, tell: (phase: string) => void) {
  const tuned = (tier: string) => new Tuned(machine, STACK, wishOf(tier));
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
const watch = (machine: Machine, way: Way): Promise<Row[]> =>
  LoadNetwork.during(machine.name, async (network) => {
    const pace = machine.accelerator === "tcg" ? PACES.tcg : PACES.native;
    const load = SteadyLoad.start(network, { ...LOAD, ...pace });
    const phases: { readonly phase: string; readonly from: number }[] = [{ phase: "", from: 0 }];
    try {
      await change(machine, way, (phase) => phases.push({ phase, from: load.counts.seconds }));
    } finally {
      await load.stop();
    }
    return load.history.map((now, index) => {
      const before = load.history[index - 1] ?? NOTHING;
      const { phase = "" } = phases.filter(({ from }) => from < now.seconds).pop() ?? {};
      return {
        second: now.seconds,
        answered: answeredOf(now) - answeredOf(before),
        retried: now.retried - before.retried,
        failed: failedOf(now) - failedOf(before),
        phase,
      };
    });
  });

const answeredOf = ({ answered, answeredFresh }: SteadyCounts): number => answered + answeredFresh;
const failedOf = ({ failed }: SteadyCounts): number =>
  Object.values(failed).reduce((sum, count) => sum + count, 0);

const WITH_SOCKET = "gunicorn behind a socket unit";
const WITHOUT = "gunicorn by itself";
const ON_VM = "behind a socket unit, on an emulated VM";
/** Where nothing may fail. */
const BEHIND_A_SOCKET = [WITH_SOCKET, ON_VM];

const lineOf = (name: string, way: Way, quick: boolean): Line => ({
  name,
  points: [1],
  open: onMachine(way.machine, async (machine) => {
    if (BEHIND_A_SOCKET.includes(name)) await socketUnit(new Tuned(machine));
    return async () => {
      const rows = await watch(machine, way);
      if (quick && sum(rows, "failed") > 0)
        throw new Error(`${sum(rows, "failed")} requests failed during a change: ${JSON.stringify(rows)}`);
      return rows;
    };
  }),
});

const sum = (rows: readonly Row[], field: string): number =>
  rows.reduce((all, row) => all + Number(row[field]), 0);

/** By line and phase: a picture's seconds are too many to read. */
const byPhase = (rows: readonly Row[]): Row[] =>
  together(
    rows.map((row) => ({ ...row, phase: row["phase"] || "at rest" })),
    ["line", "phase"],
    (alike) => ({
      seconds: alike.length,
      ...Object.fromEntries(["answered", "retried", "failed"].map((field) => [field, sum(alike, field)])),
    }),
  );

function aims(rows: readonly Row[]): Aim[] {
  const failed = sum(
    rows.filter(({ line }) => BEHIND_A_SOCKET.includes(String(line))),
    "failed",
  );
  const what = "requests that fail while it changes, with a socket unit";
  return [{ what, wanted: "0", found: String(failed), holds: failed === 0 }];
}

export const CHANGE: Measurement = {
  name: "change",
  title: "A change under load",
  seen: "requests that fail while a host goes up and down the tiers and is put back",
  about:
    "Requests a second on kept and on fresh connections, while a host goes from as installed to tier 2k, up to 10k (in a container: that tier's requests, with 2,000 connections) or to 50k (in an emulated VM), back to 2k, and is put back. Retried: on a kept connection that the server was about to close. Without a socket unit a restart of gunicorn is a gap, which the step names.",
  lines: ({ quick }) =>
    quick
      ? [lineOf(WITH_SOCKET, { ...CONTAINER, tiers: CONTAINER.tiers.slice(0, 1) }, quick)]
      : [lineOf(WITH_SOCKET, CONTAINER, quick), lineOf(WITHOUT, CONTAINER, quick), lineOf(ON_VM, VM, quick)],
  columns: ["line", "phase", "seconds", "answered", "retried", "failed"],
  shown: byPhase,
  aims,
  chart: (rows) => ({
    title: {
      text: "A change under load",
      subtitle: "requests a second that are answered and that fail; shaded: a step of heavyload runs",
    },
    data: { values: [...rows] },
    facet: {
      row: {
        field: "line",
        type: "nominal",
        sort: [WITH_SOCKET, WITHOUT, ON_VM],
        title: null,
        header: {
          labelOrient: "top",
          labelAngle: 0,
          labelAnchor: "start",
          labelFontSize: 12,
          labelFontWeight: "bold",
        },
      },
    },
    resolve: { scale: { x: "independent", y: "independent" } },
    spec: {
      width: 640,
      height: 150,
      layer: [
        {
          transform: [{ filter: "datum.phase !== ''" }, { calculate: "datum.second - 1", as: "before" }],
          mark: { type: "rect", color: "#eeeeee" },
          encoding: { x: { field: "before", type: "quantitative" }, x2: { field: "second" } },
        },
        {
          transform: [{ fold: ["answered", "failed"], as: ["what", "count"] }],
          mark: { type: "line", point: false },
          encoding: {
            x: { field: "second", type: "quantitative", title: "seconds" },
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
