import { setTimeout as sleep } from "node:timers/promises";
import { CONNTRACK_CLEARED, CONNTRACK_TIME_WAIT } from "../../components/tuning/demand";
import { Tuned } from "../../lab/drive/tuned";
import { offer, type Load } from "../../lab/load/offer";
import { SteadyLoad } from "../../lab/load/steadyLoad";
import type { Where } from "./where";

/**
 * Run on the host: waits until the kernel drops the first packet for want of room in its table, makes room, and prints how
 * many connections nginx holds then. It is started before: a table that is full lets no new connection in, ssh's either.
 */
const WATCH = `
import subprocess, sys, time
MOST = "/proc/sys/net/netfilter/nf_conntrack_max"
def dropped():
    with open("/proc/net/stat/nf_conntrack") as file:
        head, *rows = file.read().splitlines()
    column = head.split().index("drop")
    return sum(int(row.split()[column], 16) for row in rows)
before, end = dropped(), time.monotonic() + float(sys.argv[1])
try:
    while dropped() == before and time.monotonic() < end:
        time.sleep(0.02)
    held = subprocess.run(["ss", "-Htn", "state", "established", "sport = :80"], capture_output=True, text=True, check=True)
    print(held.stdout.count("\\n") if dropped() != before else "none")
finally:
    with open(MOST, "w") as file:
        file.write("262144")
`;

/** Run on the host: waits until the kernel has cleared its table. */
const CLEARED = `
import sys, time
def count():
    with open("/proc/sys/net/netfilter/nf_conntrack_count") as file:
        return int(file.read())
before, end = count(), time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    time.sleep(0.5)
    now = count()
    if now < 0.9 * before:
        sys.exit()
    before = now
sys.exit("the kernel does not clear its table")
`;
const FIRST_PORT = 10_000;

/** Of requests that are answered and closed while others are held. */
export interface Tracked extends Where {
  readonly requestsPerSecond: number;
  readonly load: Load;
}

/**
 * Connections held when the first packet is dropped, while as many closed ones are remembered as ever are: shortly before the
 * kernel clears away what has expired; undefined: none is dropped.
 */
export async function heldWhenDropped({
  machine,
  network,
  requestsPerSecond,
  load,
  say,
}: Tracked): Promise<number | undefined> {
  const host = new Tuned(machine);
  const closed = SteadyLoad.start(network, {
    ...{ host: "load", paths: [load.path], timeout: 30 },
    ...{ connections: 0, pace: 1, freshPace: requestsPerSecond, firstPort: FIRST_PORT },
  });
  try {
    say("  requests, until no more closed connections are to be remembered");
    await sleep(CONNTRACK_TIME_WAIT * 1_000);
    await host.root(`python3 - ${2 * CONNTRACK_CLEARED}`, CLEARED);
    await sleep((CONNTRACK_CLEARED - load.connections / load.pace - 2) * 1_000);
    const { failed } = closed.counts;
    if (Object.keys(failed).length > 0)
      throw new Error(`requests that are to be remembered failed: ${JSON.stringify(failed)}`);
    const seconds = load.connections / load.pace + 15;
    const [said] = await Promise.all([host.root(`python3 - ${seconds}`, WATCH), offer(network, load, say)]);
    const held = Number(said.trim());
    return Number.isNaN(held) ? undefined : held;
  } finally {
    await closed.stop();
  }
}
