import { complete } from "../../components/tuning/capacity";
import { modelOf } from "../../components/tuning/model";
import { ANSWERS, Tuned } from "../../lab/drive/tuned";
import { LoadNetwork } from "../../lab/load/network";
import type { Machine } from "../../lab/machine";
import type { Say } from "../../lab/progress";
import { withDatabase } from "./database";
import { audited, numberOf } from "../host/audited";
import { calibrate } from "../host/calibration";
import { forgotten } from "../host/rest";
import type { Row } from "../measure/measurement";
import type { Site } from "./capacities";
import type { Known, Lowered } from "./limits";
import type { Where } from "./where";

const RANGE = "net.ipv4.ip_local_port_range";
/** All that is lowered; a full table is mended by who looked at it. */
export const KEEP = `tar -cPf /root/before.tar /etc/nginx /etc/heavyload; sysctl ${RANGE} >/root/before.sysctl`;
const PUT_BACK = "set -e; tar -xPf /root/before.tar; sysctl -qp /root/before.sysctl; systemctl reload nginx";

/** By the audit, as long as nothing is lowered. */
export function knownOf(site: Site, machine: Machine): Known {
  const audit = audited(machine, site.capacity);
  const { cpus, memoryMiB } = audit.host;
  return {
    site,
    model: modelOf({ ...complete(site.capacity), cpus, memoryMiB }),
    cpus,
    memoryMiB,
    workers: numberOf(audit, "gunicorn.workers"),
    workerConnections: numberOf(audit, "gunicorn.worker_connections"),
  };
}

export const pageOf = ({ waits }: Site): string => `/wait?ms=${waits}`;

/** The site with what a request for a page really takes on this machine. */
export async function calibrated(
  site: Site,
  machine: Machine,
  network: LoadNetwork,
  page: string,
): Promise<Site> {
  const found = await calibrate(machine, network, page);
  return { ...site, capacity: { ...site.capacity, ...found } };
}

/** Lowers it, has the audit say what breaks first, and finds out. */
export const lookAt = (known: Known, machine: Machine, one: Lowered, say: Say): Promise<Row> =>
  LoadNetwork.during(machine.name, (network) => {
    const { database } = one;
    const load = { ...one.load?.(known), ...(database !== undefined && { databaseConnections: database }) };
    const site = { ...known.site, capacity: { ...known.site.capacity, ...load } };
    const model = modelOf({ ...known.model.capacity, ...load });
    const look = () => lookIn({ ...known, site, model }, { machine, network, say }, one);
    return database === undefined ? look() : withDatabase(network, database, say, look);
  });

async function lookIn(known: Known, where: Where, one: Lowered): Promise<Row> {
  const { machine, network } = where;
  const host = new Tuned(machine);
  const page = one.page?.(known.site) ?? pageOf(known.site);
  const site = one.page === undefined ? known.site : await calibrated(known.site, machine, network, page);
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
      ...where,
      predicted: found.at,
      page,
      requestsPerSecond: capacity.requestsPerSecond,
      secondsPerRequest: capacity.secondsPerRequest,
      waitingOfAll: demand.upstream / capacity.connections,
    });
    const measured = typeof at === "number" ? Math.round(at * 10) / 10 : at;
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
    await forgotten(machine);
  }
}
