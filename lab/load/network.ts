import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { machineFolder } from "../machine/folder";
import { must, run } from "../run";

/** The machine's second card, in a network that only load goes through (RFC 2544's addresses for benchmarks). */
export const TARGET = "198.18.0.1";
const PREFIX = 15;
/** One source address has some 28,000 ports to one target. */
const SOURCES = ["198.19.0.1", "198.19.0.2", "198.19.0.3", "198.19.0.4", "198.19.0.5", "198.19.0.6"] as const;

/** Name of the device at this end of a machine's second card: at most 15 characters. */
export const tapOf = (name: string): string =>
  `hl${createHash("sha256").update(machineFolder(name).path).digest("hex").slice(0, 10)}`;

/** Why there can be no such network here, or nothing. Root on Linux may make one, unless it is in a narrow container. */
export async function loadHindrance(): Promise<string | undefined> {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root, for a network device of its own";
  if (!existsSync("/dev/net/tun")) return "there is no /dev/net/tun";
  const tried = `hltry${process.pid}`;
  const made = await run("ip", ["tuntap", "add", "dev", tried, "mode", "tap"]);
  if (made.code !== 0) return `a network device cannot be made: ${made.stderr.trim()}`;
  await run("ip", ["tuntap", "del", "dev", tried, "mode", "tap"]);
  return undefined;
}

/** A namespace with this end of a machine's second card in it: nothing else of this computer is reached from there. */
export class LoadNetwork {
  private constructor(
    private readonly tap: string,
    private readonly namespace: string,
  ) {}

  readonly sources = SOURCES;

  /** Throws where the machine was booted without a second card. */
  static async open(name: string): Promise<LoadNetwork> {
    const tap = tapOf(name);
    const network = new LoadNetwork(tap, tap);
    await network.close(); // what a run that was killed has left
    await must("ip", ["netns", "add", tap]);
    try {
      await must("ip", ["link", "set", tap, "netns", tap]);
      for (const source of SOURCES) await network.ip("addr", "add", `${source}/${PREFIX}`, "dev", tap);
      await network.ip("link", "set", tap, "up");
      await network.ip("link", "set", "lo", "up");
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /** The command line of a program in it. */
  inside(command: string, args: readonly string[]): [string, string[]] {
    return ["ip", ["netns", "exec", this.namespace, command, ...args]];
  }

  /** The card goes back first: with its namespace it would be gone until the machine boots again. */
  async close(): Promise<void> {
    await run("ip", ["-n", this.namespace, "link", "set", this.tap, "netns", "1"]);
    await run("ip", ["netns", "del", this.namespace]);
  }

  private async ip(...args: readonly string[]): Promise<void> {
    await must("ip", ["-n", this.namespace, ...args]);
  }
}
