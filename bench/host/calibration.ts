import { Tuned } from "../../lab/drive/tuned";
import { ask } from "../../lab/load/concurrent";
import type { LoadNetwork } from "../../lab/load/network";
import type { Machine } from "../../lab/machine";
import { loaded, warm } from "./rest";

/** No point of a picture. */
const CLIENTS = 3;
const SECONDS = 10;
/** One client has an answer of a page that takes seconds, too. */
const SECONDS_ALONE = 6;

/** What a request takes of a machine, in the words of a capacity. */
interface Calibration {
  readonly secondsPerRequest: number;
  /** Of that time, without a CPU. */
  readonly waitingShare: number;
}

/** By nginx, gunicorn and all their workers. Unit: seconds of a CPU. */
const spent = async (machine: Machine): Promise<number> =>
  Number(
    await new Tuned(machine).root(
      "systemctl show -p CPUUsageNSec --value nginx gunicorn | awk '/[0-9]/ { sum += $1 } END { print sum / 1e9 }'",
    ),
  );

/** Asks for a page as a few clients do, and then as one does, of which nothing waits for anything else. */
export async function calibrate(machine: Machine, network: LoadNetwork, path: string): Promise<Calibration> {
  await loaded(machine);
  await warm(machine, network, path);
  const before = await spent(machine);
  const found = await ask(network, { path, clients: CLIENTS, seconds: SECONDS });
  const cpuSeconds = ((await spent(machine)) - before) / (found.perSecond * SECONDS);
  const alone = await ask(network, { path, clients: 1, seconds: SECONDS_ALONE });
  if (found.perSecond === 0 || alone.perSecond === 0)
    throw new Error(`${path} is not answered on ${machine.name}: no calibration`);
  const secondsPerRequest = Number((alone.mean / 1_000).toFixed(4));
  return {
    secondsPerRequest,
    waitingShare: Math.min(Math.max(1 - cpuSeconds / secondsPerRequest, 0), 0.99),
  };
}
