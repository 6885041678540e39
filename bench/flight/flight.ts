import { LoadNetwork } from "../../lab/load/network";
import { ensurePackages } from "../../lab/packages";
import type { Aim, How, Line, Measurement, Row } from "../measure/measurement";
import { onMachine } from "../measure/onMachine";
import { CONTAINERS, INSTALLED, VMS, type Host } from "./hosts";
import { answersStill, look, predict } from "./look";

const CLIENTS = [2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
/** A virtual machine that is emulated is ten times slower: more of them would wait for minutes. */
const FEW_CLIENTS = CLIENTS.slice(0, 6);
const QUICK_CLIENTS = [2, 20];
/** Prediction and measurement apart by no more than that. Unit: per cent. */
const WITHIN = 15;

const CLIENTS_AXIS = {
  field: "clients",
  type: "quantitative",
  scale: { type: "log" },
  title: "clients at once",
  axis: { values: CLIENTS, format: "~s" },
} as const;
const PANEL = { width: 380, height: 280 };
const LINE = { field: "line", type: "nominal", sort: null } as const;
const logarithmic = (field: string) =>
  ({ field, type: "quantitative", scale: { type: "log" }, axis: { format: "~s" } }) as const;

const lineOf = (host: Host, points: readonly number[], { quick, rounds }: How): Line => ({
  name: host.name,
  points,
  open: onMachine(host.machine, async (machine, say) => {
    await ensurePackages(say, [{ program: "wrk", package: "wrk" }]);
    await host.prepare(machine, say);
    const known = await LoadNetwork.during(machine.name, (network) =>
      predict(machine, network, host.capacity),
    );
    return async (clients) => {
      const row = await look(machine, known, clients, quick ? 1 : rounds);
      if (quick && (row["failed"] !== 0 || row["lost"] !== 0 || !(await answersStill(machine))))
        throw new Error(`of the requests of ${clients} clients some failed: ${JSON.stringify(row)}`);
      return [row];
    };
  }),
});

function aims(rows: readonly Row[]): Aim[] {
  const off = rows
    .filter(
      (row) => row["line"] !== INSTALLED && Number(row["clients"]) <= Number(row["predicted to break at"]),
    )
    .map((row) => ({ ...row, by: Math.abs(Number(row["off by %"])) }));
  const worst = off.sort((one, other) => other.by - one.by)[0];
  return worst === undefined
    ? []
    : [
        {
          what: "requests a second of tuned hosts, predicted from a calibration with one client (time) and three (CPU) and the audit's limits, up to where they are predicted to break",
          wanted: `at most ${WITHIN} % off`,
          found: `${worst.by} % at the worst point, ${off.filter(({ by }) => by <= WITHIN).length} of ${off.length} within`,
          holds: worst.by <= WITHIN,
        },
      ];
}

const WHAT =
  "Clients that ask again as soon as they are answered, for a page of Django's that waits 50 ms as for a database: requests a second and how long they take.";

export const FLIGHT: Measurement = {
  name: "flight",
  title: "Requests in flight",
  seen: "requests at once, throughput and times beside what the model predicts",
  about: `${WHAT} Containers, which share this computer's CPUs with the clients.`,
  lines: (how) =>
    how.quick
      ? CONTAINERS.slice(0, 2).map((host) => lineOf(host, QUICK_CLIENTS, how))
      : CONTAINERS.map((host) => lineOf(host, CLIENTS, how)),
  columns: [
    ...[
      "line",
      "clients",
      "requests a second",
      "predicted",
      "off by %",
      "p50 ms",
      "p99 ms",
      "failed",
      "lost",
    ],
    "predicted to break at",
  ],
  aims,
  chart: (rows) => ({
    title: {
      text: "Requests in flight",
      subtitle: "a page that waits 50 ms, asked for by more and more clients at once; dashed: as predicted",
    },
    ...panelsOf(rows.filter((row) => row["requests a second"] !== 0)),
  }),
};

/** Of the tiers whose requests want more connections tracked than a container may have. */
export const FLIGHT_ON_VM: Measurement = {
  ...FLIGHT,
  name: "flight-vm",
  title: "Requests in flight on an emulated machine",
  about: `${WHAT} Virtual machines of 4 GiB and two emulated CPUs; each point once.`,
  seen: "the same of tiers 50k and 100k, on emulated machines: only when it is asked for",
  byNameAlone: true,
  lines: (how) => (how.quick ? [] : VMS.map((host) => lineOf(host, FEW_CLIENTS, { ...how, rounds: 1 }))),
};

const panelsOf = (rows: readonly Row[]) => ({
  data: { values: [...rows] },
  hconcat: [
    {
      ...PANEL,
      encoding: { x: CLIENTS_AXIS, color: LINE },
      layer: [
        {
          mark: { type: "line" as const },
          encoding: { y: { ...logarithmic("requests a second"), title: "requests a second" } },
        },
        {
          mark: { type: "line" as const, strokeDash: [4, 4], strokeWidth: 1.2, point: false },
          encoding: { y: logarithmic("predicted") },
        },
      ],
    },
    {
      ...PANEL,
      mark: { type: "line" as const },
      encoding: {
        x: CLIENTS_AXIS,
        color: LINE,
        y: { ...logarithmic("p99 ms"), title: "99 of 100 answers within, ms" },
      },
    },
  ],
});
