import { ask, type Answered } from "../../lab/load/concurrent";
import { LoadNetwork } from "../../lab/load/network";
import type { Machine } from "../../lab/machine";
import { ensurePackages } from "../../lab/packages";
import { median } from "../median";
import { audited } from "./audited";
import { calibrate } from "./calibration";
import type { Aim, Line, Measurement, Row } from "./measurement";
import { asInstalled, inContainer, tunedFor, type Prepare } from "./states";

/** Waits as for a database. */
const PATH = "/wait?ms=50";
const CLIENTS = [2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
const QUICK_CLIENTS = [2, 20];
/** Each client is to be answered more than once in that time. Unit: seconds. */
const SECONDS = { least: 3, most: 30, answers: 2.5 };
const ROUNDS = 3;
/** Prediction and measurement apart by no more than that. Unit: per cent. */
const WITHIN = 15;

/** What a machine is seen to take for a request, and what the model makes of it. */
interface Predicted {
  readonly secondsPerRequest: number;
  /** The least of all limits that bound it. Unit: requests a second. */
  readonly most: number;
  /** Requests at once, or connections, beyond which some fail. */
  readonly breaksAt: number;
}

const CLIENTS_AXIS = {
  field: "clients",
  type: "quantitative",
  scale: { type: "log" },
  title: "clients at once",
  axis: { values: CLIENTS, format: "~s" },
} as const;
const LINE = { field: "line", type: "nominal", sort: null } as const;
const logarithmic = (field: string) =>
  ({ field, type: "quantitative", scale: { type: "log" }, axis: { format: "~s" } }) as const;

async function predict(machine: Machine, network: LoadNetwork): Promise<Predicted> {
  const calibrated = await calibrate(machine, network, PATH);
  const { limits } = audited(machine, { connections: 2_000, requestsPerSecond: 1_000, ...calibrated });
  const least = (...units: readonly string[]): number =>
    Math.min(
      ...limits
        .filter(({ unit, onlyIf }) => units.includes(unit) && onlyIf === undefined)
        .map(({ at }) => at),
    );
  return {
    secondsPerRequest: calibrated.secondsPerRequest,
    most: least("requests a second"),
    breaksAt: least("requests at once", "connections"),
  };
}

async function look(machine: Machine, known: Predicted, clients: number, rounds: number): Promise<Row> {
  const { least, most: longest, answers } = SECONDS;
  const seconds = Math.ceil(Math.min(Math.max(least, (answers * clients) / known.most), longest));
  const found: Answered[] = [];
  for (let round = 0; round < rounds; round++)
    found.push(
      await LoadNetwork.during(machine.name, (network) => ask(network, { path: PATH, clients, seconds })),
    );
  const of = (field: keyof Answered): number => median(found.map((answered) => answered[field]));
  const most = (field: keyof Answered): number => Math.max(...found.map((answered) => answered[field]));
  const predicted = Math.min(clients / known.secondsPerRequest, known.most);
  return {
    clients,
    "requests a second": of("perSecond"),
    predicted: Math.round(predicted),
    "off by %": Math.round((of("perSecond") / predicted - 1) * 100),
    "p50 ms": of("p50"),
    "p99 ms": of("p99"),
    failed: most("errors"),
    lost: most("lost"),
    "predicted to break at": known.breaksAt,
  };
}

const lineOf = (name: string, prepare: Prepare, quick: boolean): Line => ({
  name,
  points: quick ? QUICK_CLIENTS : CLIENTS,
  machine: { kind: "container" },
  open: async (machine, say) => {
    await ensurePackages(say, [{ program: "wrk", package: "wrk" }]);
    await prepare(machine, say);
    const known = await LoadNetwork.during(machine.name, (network) => predict(machine, network));
    return async (clients) => {
      const row = await look(machine, known, clients, quick ? 1 : ROUNDS);
      if (quick && (row["failed"] !== 0 || row["lost"] !== 0))
        throw new Error(`of the requests of ${clients} clients some failed: ${JSON.stringify(row)}`);
      return [row];
    };
  },
});

/** Of the higher ones the requests want more connections tracked than a container may have. */
const TIERS_SHOWN = ["2k", "10k"];

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
          what: "requests a second, predicted from a calibration of three clients, up to where it is predicted to break",
          wanted: `at most ${WITHIN} % off`,
          found: `${worst.by} % at the worst point, ${off.filter(({ by }) => by <= WITHIN).length} of ${off.length} within`,
          holds: worst.by <= WITHIN,
        },
      ];
}

const INSTALLED = "Debian as installed";

export const FLIGHT: Measurement = {
  name: "flight",
  title: "Requests in flight",
  about:
    "Clients that ask again as soon as they are answered, for a page of Django's that waits 50 ms as for a database: requests a second and how long they take. A container at native speed, which shares its CPUs with the clients.",
  lines: (quick) => [
    lineOf(INSTALLED, asInstalled, quick),
    ...(quick ? ["2k"] : TIERS_SHOWN).map((tier) =>
      lineOf(`work of tier ${tier}`, tunedFor(inContainer(tier)), quick),
    ),
  ],
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
    data: { values: [...rows] },
    hconcat: [
      {
        width: 380,
        height: 320,
        encoding: { x: CLIENTS_AXIS, color: LINE },
        layer: [
          {
            mark: "line",
            encoding: { y: { ...logarithmic("requests a second"), title: "requests a second" } },
          },
          {
            mark: { type: "line", strokeDash: [4, 4], strokeWidth: 1.2, point: false },
            encoding: { y: logarithmic("predicted") },
          },
        ],
      },
      {
        width: 380,
        height: 320,
        mark: "line",
        encoding: {
          x: CLIENTS_AXIS,
          color: LINE,
          y: { ...logarithmic("p99 ms"), title: "99 of 100 answers within, ms" },
        },
      },
    ],
  }),
};
