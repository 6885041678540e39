import type { TopLevelSpec } from "vega-lite";
import { TIERS } from "../../components/tuning/tiers";
import { Tuned } from "../../lab/drive/tuned";
import { LoadNetwork } from "../../lab/load/network";
import { offer } from "../../lab/load/offer";
import { paceOf } from "../../lab/load/pace";
import { STATIC_PAGE } from "../../lab/load/target";
import type { Machine, MachineOptions } from "../../lab/machine";
import type { Say } from "../../lab/progress";
import { rested } from "../host/rest";
import { usedKiB } from "../host/used";
import { onMachine } from "../measure/onMachine";
import type { Aim, Line, Measurement, Row } from "../measure/measurement";
import { asInstalled, asTheArticle, inContainer, tunedFor, type Prepare } from "../host/states";
import { LONG_PACE, PATIENT } from "./patience";

const LARGEST = "100k";
const MOST = 100_000;
const LONG = 10_000;
/** For an answer. Unit: seconds. */
const TIMEOUT = 30;
const KEEPALIVE = { "nginx.keepalive_timeout": PATIENT };
const VM: MachineOptions = { memoryMiB: 4_096 };
const CONTAINER: MachineOptions = { kind: "container" };

const ERROR_LOG = "/var/log/nginx/error.log";
/** The same for hosts that are not tuned. */
const patiently =
  (prepare: Prepare): Prepare =>
  async (machine, say) => {
    await prepare(machine, say);
    const file = "/etc/nginx/conf.d/patient.conf";
    await new Tuned(machine).root(`echo 'keepalive_timeout ${PATIENT};' >${file} && systemctl reload nginx`);
  };
/** Connections that found a queue full, or no memory: since the machine was booted. */
const dropped = async (machine: Machine): Promise<number> =>
  Number(await new Tuned(machine).root("nstat -az TcpExtListenDrops | awk '/ListenDrops/ { print $2 }'"));

/** nginx tells of a client that it waited for in vain at that level alone. */
const TELLING = `sed -i 's#error_log .*;#error_log ${ERROR_LOG} info;#' /etc/nginx/nginx.conf && systemctl reload nginx`;

/** Of all lines of its log so far. */
const letGo = async (machine: Machine): Promise<number> =>
  Number(await new Tuned(machine).root(`grep -c ' timed out (110' ${ERROR_LOG} || :`));

const EMULATED = "tcg";
const paceFor = (connections: number, accelerator: string): number =>
  accelerator === EMULATED && connections > LONG ? LONG_PACE : paceOf(accelerator);

const hold = (machine: Machine, connections: number, say: Say): Promise<Row> =>
  LoadNetwork.during(machine.name, async (network) => {
    await rested(machine);
    const before = await usedKiB(machine);
    const letGoBefore = await letGo(machine);
    const droppedBefore = await dropped(machine);
    let after = before;
    const pace = paceFor(connections, machine.accelerator);
    const load = { path: STATIC_PAGE, connections, pace, timeout: TIMEOUT };
    const counts = await offer(network, load, say, async () => void (after = await usedKiB(machine)));
    const { offered, held, refused, reset, timedOut, statuses } = counts;
    const failed = Object.entries(statuses).filter(([status]) => status >= "500");
    return {
      offered,
      held,
      answered: statuses["200"] ?? 0,
      refused: refused + reset,
      failed: failed.reduce((sum, [, count]) => sum + count, 0),
      // Of those that are reset: the server waited for their request in vain.
      "timed out": (await letGo(machine)) - letGoBefore,
      unanswered: timedOut,
      // Whoever is dropped asks again, mostly with success.
      dropped: (await dropped(machine)) - droppedBefore,
      // Of few connections the machine's own moods are more.
      ...(held >= LONG && { "KiB each": Number(((after - before) / held).toFixed(1)) }),
    };
  });

const watched = (options: MachineOptions, prepare: Prepare): Line["open"] =>
  onMachine(options, async (machine, say) => {
    await prepare(machine, say);
    await new Tuned(machine).root(TELLING);
    return async (connections) => [await hold(machine, connections, say)];
  });

/** Within what it is tuned for nothing may fail. */
const promised = (options: MachineOptions, prepare: Prepare): Line["open"] =>
  onMachine(options, async (machine, say) => {
    await prepare(machine, say);
    return async (connections) => {
      const row = await hold(machine, connections, say);
      if (row["held"] !== connections || row["answered"] !== connections)
        throw new Error(`of ${connections} connections not all are held: ${JSON.stringify(row)}`);
      return [row];
    };
  });

/** Until the last one has come, and what it takes besides. Unit: seconds. */
const weight = (connections: number): number => 10 + connections / paceFor(connections, EMULATED);

const quickLines: readonly Line[] = [
  {
    name: "Debian as installed",
    points: [500, 2_000],
    open: watched(CONTAINER, asInstalled),
  },
  {
    name: "tier 2k",
    points: [500, 2_000],
    open: promised(CONTAINER, tunedFor(inContainer("2k"))),
  },
];

const ofTier = (tier: string, points: readonly number[]): Line => ({
  name: `tier ${tier}`,
  points,
  weight,
  open: watched(VM, tunedFor({ tier, tuning: KEEPALIVE })),
});

const lines: readonly Line[] = [
  {
    name: "Debian as installed",
    points: [500, 1_000, 2_000, 5_000, 10_000],
    weight,
    open: watched(VM, patiently(asInstalled)),
  },
  {
    name: "the article of 2013",
    points: [500, 1_000, 2_000, 5_000, 10_000],
    weight,
    open: watched(VM, patiently(asTheArticle)),
  },
  ofTier("2k", [500, 2_000, 5_000, 10_000]),
  ofTier("10k", [2_000, 5_000, 10_000, 20_000]),
  ofTier("50k", [10_000, 50_000]),
  ofTier(LARGEST, [10_000, MOST]),
];

function aims(rows: readonly Row[]): Aim[] {
  const found: Aim[] = [];
  for (const [tier, { connections }] of TIERS) {
    const row = rows.find(({ line, offered }) => line === `tier ${tier}` && offered === connections);
    if (row)
      found.push({
        what: `tier ${tier}: of ${connections} offered are held`,
        wanted: String(connections),
        found: String(row["held"]),
        holds: row["held"] === connections,
      });
  }
  const last = rows.find(({ line, offered }) => line === `tier ${LARGEST}` && offered === MOST);
  const each = Number(last?.["KiB each"] ?? NaN);
  if (last)
    found.push({
      what: "memory of an idle connection, by the host's own accounting",
      wanted: "at most 5 KiB",
      found: `${each} KiB`,
      holds: each <= 5,
    });
  return found;
}

const COUNTS = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 250_000];

/** @param on the machine, in words */
function chartOf(rows: readonly Row[], title: string, on: string): TopLevelSpec {
  const offered = rows.map((row) => Number(row["offered"]));
  const domain = [0.8 * Math.min(...offered), 1.25 * Math.max(...offered)];
  const values = COUNTS.filter((count) => count <= Math.max(...offered));
  const axis = (field: string, name: string) =>
    ({
      field,
      type: "quantitative",
      scale: { type: "log", domain, nice: false },
      title: name,
      axis: { format: "~s", values },
    }) as const;
  const lines = [...new Set(rows.map(({ line }) => line))];
  const ends = lines.map((line) => rows.filter((row) => row["line"] === line).pop() ?? {});
  const encoding = {
    x: axis("offered", "connections offered"),
    y: axis("held", "held at once"),
    color: { field: "line", type: "nominal", scale: { domain: lines } },
  } as const;
  return {
    title: { text: title, subtitle: `of those offered to ${on}` },
    width: 640,
    height: 360,
    layer: [
      { data: { values: [...rows] }, mark: "line", encoding },
      {
        data: { values: ends },
        mark: { type: "text", align: "left", dx: 8, dy: 8, fontSize: 11, fontWeight: "bold" },
        encoding: { ...encoding, text: { field: "held", type: "quantitative", format: "," } },
      },
    ],
  };
}

const aboutOf = (machine: string): string =>
  `Connections are offered one after the other, each with a request for a small static file, and held: how many are open and answered at the end, half an hour being what nginx keeps them for. ${machine}. "Timed out": of those that are refused or reset, whose request nginx waited for in vain. "Dropped": found a queue of the kernel's full, and had to ask again.`;

export const HELD: Measurement = {
  name: "held",
  title: "Connections held at once",
  seen: "connections offered to a machine of 4 GiB, as installed, with the article's settings, and at each tier",
  about: aboutOf("A virtual machine of 4 GiB and two emulated CPUs"),
  lines: ({ quick }) => (quick ? quickLines : lines),
  columns: [
    "line",
    "offered",
    "held",
    "answered",
    "refused",
    "timed out",
    "failed",
    "unanswered",
    "dropped",
    "KiB each",
  ],
  aims,
  chart: (rows) => chartOf(rows, "Connections held at once", "a machine of 4 GiB with two CPUs"),
};

const LONGER = 250_000;

/** More than any tier, which takes an emulated machine half an hour. */
export const LONG_HELD: Measurement = {
  ...HELD,
  name: "longer",
  title: `${LONGER} connections held at once`,
  about: aboutOf("A virtual machine of 6 GiB and two emulated CPUs"),
  seen: `the same with ${LONGER} connections, on a machine of 6 GiB: only when it is asked for`,
  byNameAlone: true,
  lines: ({ quick }) =>
    quick
      ? []
      : [
          {
            name: `tuned for ${LONGER} connections`,
            points: [100_000, LONGER],
            weight,
            open: watched(
              { memoryMiB: 6_144 },
              tunedFor({ capacity: { connections: LONGER, requestsPerSecond: 100 }, tuning: KEEPALIVE }),
            ),
          },
        ],
  chart: (rows) => chartOf(rows, `${LONGER} connections`, "a machine of 6 GiB with two CPUs"),
};
