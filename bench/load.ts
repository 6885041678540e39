import { stepsOf } from "../components/steps/steps";
import { prove, renderProofs } from "../lab/load/proof";
import { bootMachine, removeMachine } from "../lab/machine";
import { toStderr as say } from "../lab/progress";
import { succeeded, Tuned } from "../lab/drive/tuned";

const NAME = "bench-load";
const CONNECTIONS = 100_000;
/** As installed it holds some hundreds: more than that shows nothing more. */
const AS_INSTALLED = 10_000;
/** The last connection comes minutes after the first, whose client would be let go by then. Unit: seconds. */
const PATIENCE = 1_800;
/** Faster, and an emulated machine falls behind: nginx then resets whom it has waited for. Unit: connections a second. */
const PACE = 250;

/** What a machine of 4 GiB holds of the largest tier, before and after. */
export async function benchLoad(): Promise<void> {
  const machine = await bootMachine(NAME, say, { memoryMiB: 4096 });
  const tuning = { "nginx.keepalive_timeout": PATIENCE };
  const tuned = new Tuned(machine, { stack: "bench/load/host" }, { tier: "100k", tuning });
  const used = async () => Number(await tuned.root("free -m | awk '/^Mem:/ { print $3 }'"));
  try {
    const proofs = [...(await offered("as installed", AS_INSTALLED))];
    for (const step of stepsOf(false)) {
      say(`step ${step}`);
      succeeded(await tuned.apply(step));
    }
    const before = await used();
    let most = before;
    const watching = setInterval(() => void used().then((now) => (most = Math.max(most, now))), 15_000);
    try {
      proofs.push(...(await offered("tier 100k", CONNECTIONS)));
    } finally {
      clearInterval(watching);
    }
    const overflows = await tuned.root("nstat -az TcpExtListenOverflows TcpExtListenDrops | tail -n +2");
    console.log(
      `\nmachine: ${machine.accelerator}, ${machine.name}, 4 GiB; nginx.keepalive_timeout ${PATIENCE}\n`,
    );
    console.log(renderProofs(proofs));
    console.log(`memory in use: ${before} MiB before the load, ${most} MiB at most under it\n${overflows}`);
  } finally {
    await removeMachine(NAME, say);
  }
}

async function offered(title: string, connections: number) {
  const proofs = await prove(NAME, title, connections, say, { answering: ["nginx"], pace: PACE });
  if (typeof proofs === "string") throw new Error(`No load can be made here: ${proofs}.`);
  return proofs;
}
