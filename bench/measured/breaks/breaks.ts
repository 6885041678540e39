import { complete } from "../../../components/tuning/capacity";
import { modelOf } from "../../../components/tuning/model";
import { ANSWERS, Tuned } from "../../../lab/drive/tuned";
import { LoadNetwork } from "../../../lab/load/network";
import type { Machine, MachineOptions } from "../../../lab/machine";
import { ensurePackages } from "../../../lab/packages";
import type { Say } from "../../../lab/progress";
import { audited, type Audited } from "../audited";
import { calibrate } from "../calibration";
import type { Aim, Line, Measurement, Row } from "../measurement";
import { tunedFor } from "../states";
import { SITES, wishOf, type Site } from "./capacities";
import { CONNTRACK, LOWERED, type Known, type Lowered } from "./limits";

/** Prediction and measurement apart by no more than that. Unit: per cent. */
const WITHIN = 15;

const KEYS = "net.ipv4.ip_local_port_range net.netfilter.nf_conntrack_max";
/** All that is lowered. */
const KEEP = `tar -cPf /root/before.tar /etc/nginx /etc/heavyload; sysctl -e ${KEYS} >/root/before.sysctl`;
/** Whoever is still working on requests of an earlier look is not waited for. */
const PUT_BACK = `
tar -xPf /root/before.tar
sysctl -qp /root/before.sysctl
systemctl reload nginx
systemctl kill --signal=KILL gunicorn; systemctl restart gunicorn
${ANSWERS}`;

const numberOf = ({ settings }: Audited, wanted: string): number =>
  Number(settings.find(({ name }) => name === wanted)?.now);

function knownOf(site: Site, machine: Machine): Known {
  const audit = audited(machine, site.capacity);
  const { cpus, memoryMiB } = audit.host;
  return {
    model: modelOf({ ...complete(site.capacity), cpus, memoryMiB }),
    cpus,
    workers: numberOf(audit, "gunicorn.workers"),
    workerConnections: numberOf(audit, "gunicorn.worker_connections"),
  };
}

const pageOf = ({ waits }: Site): string => `/wait?ms=${waits}`;

/** The site with what a request for a page really takes on this machine. */
async function calibrated(site: Site, machine: Machine, page: string): Promise<Site> {
  const found = await LoadNetwork.during(machine.name, (network) => calibrate(machine, network, page));
  return { ...site, capacity: { ...site.capacity, ...found } };
}

/** Lowers it, has the audit say what breaks first, and finds out. */
async function look(real: Site, machine: Machine, one: Lowered, say: Say): Promise<Row> {
  const host = new Tuned(machine);
  const known = knownOf(real, machine);
  const page = one.page?.(real) ?? pageOf(real);
  const site = one.page === undefined ? real : await calibrated(real, machine, page);
  await host.root(`set -e; ${one.by(known)}; ${ANSWERS}`);
  try {
    const { limits } = audited(machine, site.capacity);
    // Of those that count under a condition, the one whose condition this is.
    const counted = limits.filter(({ onlyIf, limit }) => onlyIf === undefined || limit === one.limit);
    const [first] = [...counted].sort((a, b) => a.times - b.times);
    const found = limits.find(({ limit }) => limit === one.limit);
    if (!first || !found) throw new Error(`the audit knows no ${one.limit}`);
    const { capacity, demand } = modelOf({ ...known.model.capacity, ...site.capacity });
    const at = await one.onset({
      machine,
      predicted: found.at,
      page,
      secondsPerRequest: capacity.secondsPerRequest,
      requestsPerSecond: capacity.requestsPerSecond,
      waitingOfAll: demand.upstream / capacity.connections,
      say,
    });
    const measured = Number.isFinite(at) ? Math.round(at * 10) / 10 : "not within twice that";
    return {
      site: site.name,
      limit: one.limit,
      "said to break first": first.limit,
      predicted: found.at,
      measured,
      "off by %": typeof measured === "number" ? Math.round((measured / found.at - 1) * 100) : "",
      unit: found.unit,
    };
  } finally {
    await host.root(PUT_BACK);
  }
}

/** A machine tuned for a site, and what is looked at on it one after the other. */
interface Host {
  readonly name: string;
  readonly machine: MachineOptions;
  readonly tunedFor: Site;
  readonly looks: readonly (readonly [site: Site, lowered: Lowered])[];
}

const CONTAINERS: readonly Host[] = SITES.map((site) => ({
  name: site.name,
  machine: { kind: "container" },
  tunedFor: site,
  looks: LOWERED.map((lowered) => [site, lowered]),
}));
/** A container may not change it. */
const [ANY] = SITES;
const VMS: readonly Host[] = ANY
  ? [{ name: "on a VM", machine: {}, tunedFor: ANY, looks: SITES.map((site) => [site, CONNTRACK]) }]
  : [];

const lineOf = ({ name, machine, tunedFor: first, looks }: Host): Line => ({
  name,
  points: looks.map((_, index) => index + 1),
  machine,
  open: async (booted, say) => {
    await ensurePackages(say, [{ program: "wrk", package: "wrk" }]);
    await tunedFor(wishOf(first))(booted, say);
    await new Tuned(booted).root(KEEP);
    const real = new Map<Site, Site>();
    return async (point) => {
      const [site, one] = looks[point - 1] ?? [];
      if (!site || !one) throw new Error(`there is nothing to look at by ${point}`);
      say(`  ${site.name}: ${one.limit}`);
      const known = real.get(site) ?? (await calibrated(site, booted, pageOf(site)));
      real.set(site, known);
      return [await look(known, booted, one, say)];
    };
  },
});

/** A limit that is found out about in some seconds. */
const QUICK: readonly Line[] = CONTAINERS.slice(0, 1).map((host) => {
  const line = lineOf({ ...host, looks: host.looks.filter(([, { limit }]) => limit === "gunicorn.backlog") });
  return {
    ...line,
    open: async (machine, say) => {
      const look = await line.open(machine, say);
      return async (point) => {
        const rows = await look(point, say);
        if (rows.some((row) => row["said to break first"] !== row["limit"]))
          throw new Error(
            `the audit does not say that what was lowered breaks first: ${JSON.stringify(rows)}`,
          );
        return rows;
      };
    },
  };
});

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
  about:
    "Hosts tuned for four loads. On each one limit after the other is lowered by hand, to about half of the load; npm run audit is asked what breaks first, and at what load; then more and more load is offered until something does.",
  lines: (quick) => (quick ? QUICK : [...CONTAINERS, ...VMS].map(lineOf)),
  columns: ["site", "limit", "said to break first", "predicted", "measured", "off by %", "unit"],
  aims,
  chart: (rows) => ({
    title: {
      text: "What breaks first",
      subtitle:
        "a limit is lowered: the load at which it breaks, as measured against as predicted; grey: 15 % apart",
    },
    width: 480,
    height: 480,
    layer: [
      ...[1 - WITHIN / 100, 1 + WITHIN / 100].map((by) => ({
        data: { values: [5, 5_000].map((load) => ({ load, then: load * by })) },
        mark: { type: "line" as const, color: "#cccccc", strokeWidth: 1, point: false },
        encoding: { x: axis("load", "predicted"), y: axis("then", "measured") },
      })),
      {
        data: { values: rows.filter(({ measured }) => typeof measured === "number") },
        mark: { type: "point", filled: true, size: 70 },
        encoding: {
          x: axis("predicted", "predicted"),
          y: axis("measured", "measured"),
          color: { field: "limit", type: "nominal", sort: null },
          shape: { field: "site", type: "nominal", sort: null },
        },
      },
    ],
  }),
};

function axis(field: string, title: string) {
  return { field, type: "quantitative", scale: { type: "log" }, title, axis: { format: "~s" } } as const;
}
