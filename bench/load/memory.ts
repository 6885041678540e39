import { modelOf } from "../../components/tuning/model";
import {
  NGINX_SLOT,
  PLAIN_CONNECTION,
  QUEUED_REQUEST,
  TIME_WAIT_SOCKET,
} from "../../components/tuning/memory";
import { TIERS } from "../../components/tuning/tiers";
import { ANSWERS, Tuned } from "../../lab/drive/tuned";
import { LoadNetwork } from "../../lab/load/network";
import { offer, type Load } from "../../lab/load/offer";
import { STATIC_PAGE } from "../../lab/load/target";
import type { Machine } from "../../lab/machine";
import type { Say } from "../../lab/progress";
import { median } from "../measure/median";
import { onMachine } from "../measure/onMachine";
import type { Aim, Measurement, Row } from "../measure/measurement";
import { tunedFor } from "../host/states";
import { forgotten, rested, warm, WORKERS } from "../host/rest";
import { usedKiB } from "../host/used";
import { PATIENT } from "./patience";

const TIER = "10k";
/** Connections that are held, and requests that wait. */
const HELD = 10_000;
const QUEUED = 5_000;
/** Of them a first time. */
const FEWER = 5;
/** An emulated machine follows them. Unit: connections a second. */
const PACES = { held: 400, queued: 150 };
const HELD_LOAD = { path: STATIC_PAGE, connections: HELD, pace: PACES.held };
/** More than predicted by no more than that. Unit: per cent. */
const WITHIN = 15;
/** Unit: slots of a worker. */
const FEW_SLOTS = 1_024;
const NGINX_CONF = "/etc/nginx/nginx.conf";

/** What is measured, in the unit of what is predicted. */
interface Part {
  readonly part: string;
  readonly unit: "MiB" | "KiB each" | "bytes each";
  readonly predicted: number;
  readonly measure: (machine: Machine, say: Say) => Promise<number>;
}

const number = async (machine: Machine, line: string): Promise<number> =>
  Number(await new Tuned(machine).root(line));

/** What processes have for themselves, and their share of what they have together. Unit: KiB. */
const ownKiB = (pids: string): string =>
  `for pid in ${pids}; do cat /proc/$pid/smaps_rollup; done | awk '/^Pss:/ { sum += $2 } END { print sum }'`;

/** A worker that has loaded the application has so many MiB more, and which ones have is chance. */
const warmed = (machine: Machine): Promise<void> =>
  LoadNetwork.during(machine.name, (network) => warm(machine, network, "/"));

/** In use while the load is there. */
async function usedWith(machine: Machine, say: Say, load: Omit<Load, "timeout">): Promise<number> {
  await rested(machine);
  let used = NaN;
  const counts = await LoadNetwork.during(machine.name, async (network) => {
    await warm(machine, network, "/");
    return offer(network, { ...load, timeout: 300 }, say, async () => void (used = await usedKiB(machine)));
  });
  if (load.stays) await forgotten(machine);
  const there = load.stays ? load.connections - counts.refused - counts.reset : counts.held;
  if (there !== load.connections || Object.keys(counts.statuses).some((status) => status >= "500"))
    throw new Error(`not all of ${load.connections} are there: ${JSON.stringify(counts)}`);
  return used;
}

/** What one more takes: servers and kernel take some tens of MiB for the first ones, and keep them. */
async function eachOf(machine: Machine, say: Say, load: Omit<Load, "timeout">): Promise<number> {
  const few = Math.round(load.connections / FEWER);
  const before = await usedWith(machine, say, { ...load, connections: few });
  return ((await usedWith(machine, say, load)) - before) / (load.connections - few);
}

/** nginx with as many slots, all else alike. Unit: KiB. */
async function withSlots(machine: Machine, slots: number): Promise<number> {
  const edit = `sed -i 's/worker_connections .*/worker_connections ${slots};/' ${NGINX_CONF}`;
  await new Tuned(machine).root(`${edit}; systemctl restart nginx; ${ANSWERS}`);
  return number(machine, ownKiB("$(pgrep -f '^nginx: worker')"));
}

const capacity = TIERS.get(TIER);
if (!capacity) throw new Error(`There is no tier ${TIER}.`);
const { memory } = modelOf(capacity);

/** Each beside what the model says of it. */
export const PARTS: readonly Part[] = [
  {
    part: "the system, nginx and gunicorn's master at rest",
    unit: "MiB",
    predicted: memory.base + memory.slots,
    measure: async (machine) => {
      await new Tuned(machine).root(`systemctl restart nginx gunicorn; ${ANSWERS}`);
      await warmed(machine);
      return ((await usedKiB(machine)) - (await number(machine, ownKiB(`$(${WORKERS})`)))) / 1_024;
    },
  },
  {
    part: "a worker of gunicorn, with the lab's application",
    unit: "MiB",
    predicted: capacity.workerMemoryMiB,
    measure: async (machine) => {
      await warmed(machine);
      return (
        (await number(machine, ownKiB(`$(${WORKERS})`))) / (await number(machine, `${WORKERS} -c`)) / 1_024
      );
    },
  },
  {
    part: `one of ${HELD} connections held`,
    unit: "KiB each",
    predicted: PLAIN_CONNECTION,
    measure: (machine, say) => eachOf(machine, say, HELD_LOAD),
  },
  {
    part: `one of ${QUEUED} requests that wait in the queues`,
    unit: "KiB each",
    predicted: PLAIN_CONNECTION + QUEUED_REQUEST,
    measure: (machine, say) =>
      eachOf(machine, say, { path: "/wait?ms=60000", stays: true, connections: QUEUED, pace: PACES.queued }),
  },
  {
    part: "a slot of nginx",
    unit: "bytes each",
    predicted: NGINX_SLOT,
    measure: async (machine) => {
      const slots = await number(machine, `awk '/worker_connections/ { print $2 + 0 }' ${NGINX_CONF}`);
      const workers = await number(machine, "pgrep -cf '^nginx: worker'");
      const many = await withSlots(machine, slots);
      const few = await withSlots(machine, FEW_SLOTS);
      await withSlots(machine, slots);
      return ((many - few) * 1_024) / ((slots - FEW_SLOTS) * workers);
    },
  },
  {
    part: "the kernel's entry for a closed connection",
    unit: "bytes each",
    predicted: TIME_WAIT_SOCKET,
    measure: (machine) => number(machine, "awk '$1 == \"tw_sock_TCP\" { print $4 }' /proc/slabinfo"),
  },
];

function aims(rows: readonly Row[]): Aim[] {
  const over = rows.filter((row) => Number(row["off by %"]) > WITHIN);
  return [
    {
      what: "nothing takes much more than is predicted",
      wanted: `at most ${WITHIN} % more`,
      found:
        over.length === 0 ? "none" : over.map((row) => `${row["part"]}: ${row["off by %"]} %`).join(", "),
      holds: over.length === 0,
    },
  ];
}

export const MEMORY: Measurement = {
  name: "memory",
  title: "Memory",
  seen: "workers, connections and queues, beside what the model counts on",
  about: `What a virtual machine tuned for tier ${TIER} takes, by its own accounting, beside what the model counts on: medians of rounds. A worker's memory is the application's: the model takes what the capacity says.`,
  lines: ({ quick, rounds }) =>
    quick
      ? []
      : [
          {
            name: `tier ${TIER}`,
            points: PARTS.map((_, index) => index + 1),
            open: onMachine({}, async (machine, say) => {
              await tunedFor({ tier: TIER, tuning: { "nginx.keepalive_timeout": PATIENT } })(machine, say);
              return async (point) => {
                const one = PARTS[point - 1];
                if (!one) throw new Error(`there is no part ${point}`);
                say(`  ${one.part}`);
                const { part, unit, predicted } = one;
                // What else runs on a machine takes and gives back as much as thousands of connections.
                const found: number[] = [];
                for (let round = 0; round < rounds; round++) found.push(await one.measure(machine, say));
                const measured = Number(median(found).toFixed(1));
                if (!(measured > 0)) throw new Error(`${part}: ${measured} was measured`);
                const off = Math.round((measured / predicted - 1) * 100);
                return [{ part, predicted, measured, unit, "off by %": off }];
              };
            }),
          },
        ],
  columns: ["part", "predicted", "measured", "unit", "off by %"],
  aims,
  chart: (rows) => ({
    title: { text: "Memory", subtitle: "measured, of what the model counts on; line: as predicted" },
    width: 480,
    height: { step: 34 },
    layer: [
      {
        data: {
          values: rows.map((row) => ({ ...row, share: Number(row["measured"]) / Number(row["predicted"]) })),
        },
        mark: { type: "bar", color: "#0072b2", height: 18 },
        encoding: {
          y: { field: "part", type: "nominal", sort: null, title: null },
          x: { field: "share", type: "quantitative", title: "measured / predicted", axis: { format: "%" } },
        },
      },
      {
        data: { values: [{}] },
        mark: { type: "rule", color: "#d55e00", strokeWidth: 2 },
        encoding: { x: { datum: 1 } },
      },
    ],
  }),
};
