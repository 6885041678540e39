import { ANSWERS, Tuned } from "../../lab/drive/tuned";
import { ask } from "../../lab/load/concurrent";
import type { LoadNetwork } from "../../lab/load/network";
import type { Machine } from "../../lab/machine";

const WARM_SECONDS = 2;
/** A line for root's shell: the processes of gunicorn's workers. */
export const WORKERS = "pgrep -P $(systemctl show -p MainPID --value gunicorn)";

/** Requests that nobody waits for any more would be worked on all the same, one after the other. */
export const forgotten = async (machine: Machine): Promise<void> =>
  void (await new Tuned(machine).root(
    `systemctl kill --signal=KILL gunicorn; systemctl restart gunicorn; ${ANSWERS}`,
  ));

/** All of gunicorn's workers have loaded the application: that is as much work as some hundred requests. */
export const loaded = async (machine: Machine): Promise<void> =>
  void (await new Tuned(machine).root(`cpu() { systemctl show -p CPUUsageNSec --value gunicorn; }
for i in $(seq 300); do
  before=$(cpu); sleep 1
  [ $(($(cpu) - before)) -gt 50000000 ] || exit 0
done
echo 'gunicorn does not come to rest' >&2; exit 1`));

/** The first request of a worker is none like the others: so many clients ask that each worker has some. */
export async function warm(machine: Machine, network: LoadNetwork, path: string): Promise<void> {
  const workers = await new Tuned(machine).root(`${WORKERS} -c`);
  await ask(network, { path, clients: 4 * Number(workers), seconds: WARM_SECONDS });
}

/** nginx begins anew, without a connection that is left of an earlier load. */
export const rested = async (machine: Machine): Promise<void> =>
  void (await new Tuned(machine).root(`systemctl restart nginx; ${ANSWERS}
for i in $(seq 900); do
  [ "$(ss -Htan exclude time-wait exclude listening 'sport = :80' | wc -l)" -gt 0 ] || exit 0
  sleep 0.2
done
echo 'connections of an earlier load are still there' >&2; exit 1`));
