import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { machineFolder } from "../machine/folder";
import { must, run } from "../run";
import { TARGET_PREFIX } from "./target";

/** For as many processes that hold connections, and one that asks. */
const SOURCES = Array.from({ length: 20 }, (_, number) => `198.19.0.${number + 1}`);

/**
 * An emulated machine takes what is sent to it in its own time. The kernel asks connections that are idle whether they are
 * still there, those of 16 seconds at once: with 1,000 places most answers of 200,000 were lost, five times in turn, and the
 * connections with them. Unit: packets.
 */
const WIRE = 100_000;
/** For the ends of connections to arrive. Unit: milliseconds. */
const LAST_WORDS = 5_000;
/** Of a closed connection this end remembers alone that it was there. */
const OPEN = [
  "-Htan",
  ...["syn-sent", "established", "fin-wait-1", "fin-wait-2", "closing", "last-ack"].flatMap((state) => [
    "state",
    state,
  ]),
];

/** Why no load can be offered to a machine that runs: it was booted without a card for it. */
export function loadHindrance(name: string): string | undefined {
  const device = machineFolder(name).tag;
  const there = existsSync(`/sys/class/net/${device}`) || existsSync(`/run/netns/${device}`);
  return there ? undefined : "the machine has no network card for load: that takes root on Linux";
}

/** A namespace with this end of a machine's second card in it: nothing else of this computer is reached from there. */
export class LoadNetwork {
  private constructor(
    private readonly device: string,
    private readonly namespace: string,
  ) {}

  readonly sources = SOURCES;

  /** Throws where the machine was booted without a second card. */
  static async open(name: string): Promise<LoadNetwork> {
    const device = machineFolder(name).tag;
    const network = new LoadNetwork(device, device);
    await network.close(); // what a run that was killed has left
    await must("ip", ["netns", "add", device]);
    try {
      await must("ip", ["link", "set", device, "netns", device]);
      for (const source of SOURCES)
        await network.ip("addr", "add", `${source}/${TARGET_PREFIX}`, "dev", device);
      await network.ip("link", "set", device, "txqueuelen", String(WIRE));
      await network.ip("link", "set", device, "up");
      await network.ip("link", "set", "lo", "up");
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /** Does the work with the network of a machine; it is closed whatever becomes of that. */
  static async during<T>(name: string, work: (network: LoadNetwork) => Promise<T>): Promise<T> {
    const network = await LoadNetwork.open(name);
    try {
      return await work(network);
    } finally {
      await network.close();
    }
  }

  /** The command line of a program in it. */
  inside(command: string, args: readonly string[]): [string, string[]] {
    return ["ip", ["netns", "exec", this.namespace, command, ...args]];
  }

  /**
   * What was sent last arrives before: the machine would hold on to connections whose end it has not heard of. The card goes
   * back before its namespace goes, with which it would be gone until the machine boots again.
   */
  async close(): Promise<void> {
    for (const end = Date.now() + LAST_WORDS; Date.now() < end; await sleep(LAST_WORDS / 20))
      if ((await run("ip", ["netns", "exec", this.namespace, "ss", ...OPEN])).stdout.trim() === "") break;
    await run("ip", ["-n", this.namespace, "link", "set", this.device, "netns", "1"]);
    await run("ip", ["netns", "del", this.namespace]);
  }

  private async ip(...args: readonly string[]): Promise<void> {
    await must("ip", ["-n", this.namespace, ...args]);
  }
}
