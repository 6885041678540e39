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

/** Of a machine's second card at this end, and of the namespace that it is put into. */
const tagOf = (name: string): string => machineFolder(name).tag;

/** Why no load can be offered to a machine that runs: it was booted without a card for it. */
export function loadHindrance(name: string): string | undefined {
  const tag = tagOf(name);
  const there = existsSync(`/sys/class/net/${tag}`) || existsSync(`/run/netns/${tag}`);
  return there
    ? undefined
    : `the machine ${name} has no network card for load: it gets one when it is booted by root on Linux`;
}

/** A namespace with this end of a machine's second card in it: nothing else of this computer is reached from there. */
export class LoadNetwork {
  private constructor(private readonly tag: string) {}

  readonly sources = SOURCES;

  /** @throws Error where the machine was booted without a second card */
  static async open(name: string): Promise<LoadNetwork> {
    const hindrance = loadHindrance(name);
    if (hindrance) throw new Error(hindrance);
    const tag = tagOf(name);
    const network = new LoadNetwork(tag);
    await network.close(); // what a run that was killed has left
    await must("ip", ["netns", "add", tag]);
    try {
      await must("ip", ["link", "set", tag, "netns", tag]);
      for (const source of SOURCES) await network.ip("addr", "add", `${source}/${TARGET_PREFIX}`, "dev", tag);
      await network.ip("link", "set", tag, "txqueuelen", String(WIRE));
      await network.ip("link", "set", tag, "up");
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
    return ["ip", ["netns", "exec", this.tag, command, ...args]];
  }

  /**
   * What was sent last arrives before: the machine would hold on to connections whose end it has not heard of. The card goes
   * back before its namespace goes, with which it would be gone until the machine boots again.
   */
  async close(): Promise<void> {
    for (const end = Date.now() + LAST_WORDS; Date.now() < end; await sleep(LAST_WORDS / 20))
      if ((await run("ip", ["netns", "exec", this.tag, "ss", ...OPEN])).stdout.trim() === "") break;
    await run("ip", ["-n", this.tag, "link", "set", this.tag, "netns", "1"]);
    await run("ip", ["netns", "del", this.tag]);
  }

  private async ip(...args: readonly string[]): Promise<void> {
    await must("ip", ["-n", this.tag, ...args]);
  }
}
