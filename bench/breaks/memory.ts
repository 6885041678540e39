import { connectionKiB, underFullQueues } from "../../components/tuning/memory";
import { Tuned } from "../../lab/drive/tuned";
import { STATIC_PAGE } from "../../lab/load/target";
import { offer } from "../../lab/load/offer";
import { LONG_PACE } from "../load/patience";
import type { Known, Lowered } from "./limits";
import type { Onset } from "./onsets";

const BEYOND = 2;
/** For an answer. Unit: seconds. */
const TIMEOUT = 60;
const SWAP = "/swap";
const FILLED = "/run/filled";

/**
 * Run on the host: takes all but so many MiB of what it can have before the kernel swaps, which is what is free or a file's,
 * down to the reserve below which the kernel takes from programs too (mm/vmscan.c: `file_is_tiny`). A host of people's has
 * more services than the lab's, and a larger application.
 */
const FILL = `
import resource, sys, time
with open("/proc/meminfo") as file:
    kib = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in file)}
with open("/proc/zoneinfo") as file:
    pages = sum(int(line.split()[1]) for line in file if line.split()[0] == "high")
reserve = pages * resource.getpagesize() // 1024
room = kib["MemFree"] + kib["Active(file)"] + kib["Inactive(file)"] - reserve
kept = b"x" * (1024 * room - (int(sys.argv[1]) << 20))
open(sys.argv[2], "w").close()
time.sleep(1e6)
`;

/**
 * Run on the host: waits until it swaps, and prints how many connections nginx holds then. Of the first pages that go out some
 * are of the boot, and nobody's any more.
 */
const WATCH = `
import subprocess, sys, time
PAGES = 256
def swapped():
    with open("/proc/vmstat") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("pswpout "))
before, end = swapped(), time.monotonic() + float(sys.argv[1])
while swapped() < before + PAGES and time.monotonic() < end:
    time.sleep(0.1)
held = subprocess.run(["ss", "-Htn", "state", "established", "sport = :80"], capture_output=True, text=True, check=True)
print(held.stdout.count("\\n") if swapped() >= before + PAGES else "none")
`;

/** So large that half of the connections are what the host has room for. Unit: MiB. */
function grown({ model: { capacity, memory }, memoryMiB, workers }: Known): number {
  const lacking = ((capacity.connections / 2) * connectionKiB(capacity.tls)) / 1_024;
  return Math.ceil((memoryMiB - underFullQueues(memory) + lacking) / workers);
}

/** What the model leaves to connections. Unit: MiB. */
const left = ({ model: { capacity, memory }, memoryMiB, workers }: Known): number =>
  memoryMiB - underFullQueues(memory) + memory.connections - workers * capacity.workerMemoryMiB;

/** A line for root's shell. What is in the caches gives way first. */
const filled = (known: Known): string =>
  [
    `fallocate -l 1G ${SWAP}; chmod 600 ${SWAP}; mkswap -q ${SWAP}; swapon ${SWAP}`,
    "sysctl -qw vm.swappiness=1 vm.drop_caches=3",
    `systemd-run -q --unit=others python3 -c '${FILL}' ${left(known)} ${FILLED}`,
    `for i in $(seq 600); do [ ! -e ${FILLED} ] || break; sleep 0.1; done; test -e ${FILLED}`,
  ].join("; ");

/** More and more connections that are held, until the host swaps. */
const swapped: Onset = async ({ machine, network, predicted, say }) => {
  const connections = Math.ceil(BEYOND * predicted);
  let seen = false;
  const load = { path: STATIC_PAGE, connections, pace: LONG_PACE, timeout: TIMEOUT, stays: true };
  const watched = new Tuned(machine)
    .root(`python3 - ${connections / LONG_PACE + TIMEOUT}`, WATCH)
    .finally(() => (seen = true));
  const [said] = await Promise.all([watched, offer(network, { ...load, enough: () => seen }, say)]);
  const held = Number(said.trim());
  return Number.isNaN(held) ? `not within ${BEYOND} times that` : held;
};

/** Of a crowd on a virtual machine: its application has grown. */
export const MEMORY: Lowered = {
  limit: "memory",
  load: (known) => ({ workerMemoryMiB: grown(known) }),
  by: filled,
  onset: swapped,
};
