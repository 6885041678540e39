import type { Capacity } from "../../components/tuning/capacity";
import { ask, type Answered } from "../../lab/load/concurrent";
import { LoadNetwork } from "../../lab/load/network";
import type { Machine } from "../../lab/machine";
import { audited, numberOf } from "../host/audited";
import { calibrate } from "../host/calibration";
import { forgotten, loaded, warm } from "../host/rest";
import type { Row } from "../measure/measurement";
import { median } from "../measure/median";
import { busyThreads } from "./spread";

/** Waits as for a database. */
const PATH = "/wait?ms=50";
/** Each client is to be answered more than once in that time. Unit: seconds. */
const SECONDS = { least: 3, most: 20, answers: 2.5 };

/** What a machine is seen to take for a request, and what the model makes of it. */
interface Predicted {
  readonly secondsPerRequest: number;
  /** The least of all limits that bound it. Unit: requests a second. */
  readonly most: number;
  readonly workers: number;
  /** Of each worker. */
  readonly threads: number;
  /** Requests at once, or connections, beyond which some fail. */
  readonly breaksAt: number;
}

/**
 * Whether the page is still answered: a server that was stopped keeps its connections, and nothing is lost by any count.
 */
export const answersStill = (machine: Machine): Promise<boolean> =>
  LoadNetwork.during(machine.name, async (network) => {
    const { perSecond } = await ask(network, { path: PATH, clients: 1, seconds: SECONDS.least });
    return perSecond > 0;
  });

/** By a calibration, and by what the audit says of the host's limits. */
export async function predict(
  machine: Machine,
  network: LoadNetwork,
  capacity: Capacity,
): Promise<Predicted> {
  const calibrated = await calibrate(machine, network, PATH);
  const audit = audited(machine, { ...capacity, ...calibrated });
  const least = (...units: readonly string[]): number =>
    Math.min(
      ...audit.limits
        .filter(({ unit, onlyIf }) => units.includes(unit) && onlyIf === undefined)
        .map(({ at }) => at),
    );
  return {
    secondsPerRequest: calibrated.secondsPerRequest,
    most: least("requests a second"),
    workers: numberOf(audit, "gunicorn.workers"),
    threads: numberOf(audit, "gunicorn.threads") || 1, // a worker without threads
    breaksAt: least("requests at once", "connections"),
  };
}

/** Medians of some rounds with as many clients; of what failed and was lost, the most. */
export async function look(
  machine: Machine,
  known: Predicted,
  clients: number,
  rounds: number,
): Promise<Row> {
  const { least, most: longest, answers } = SECONDS;
  const seconds = Math.ceil(Math.min(Math.max(least, (answers * clients) / known.most), longest));
  const found: Answered[] = [];
  for (let round = 0; round < rounds; round++) {
    await forgotten(machine);
    await loaded(machine);
    found.push(
      await LoadNetwork.during(machine.name, async (network) => {
        await warm(machine, network, PATH);
        return ask(network, { path: PATH, clients, seconds });
      }),
    );
  }
  const of = (field: keyof Answered): number => median(found.map((answered) => answered[field]));
  const most = (field: keyof Answered): number => Math.max(...found.map((answered) => answered[field]));
  const busy = busyThreads({ requests: clients, ...known });
  const predicted = Math.min(busy / known.secondsPerRequest, known.most);
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
