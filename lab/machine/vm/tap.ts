import { existsSync } from "node:fs";
import { isRoot } from "../../packages";
import { run } from "../../run";

/** Why a VM can have no network card for load here, or nothing. Root on Linux may make one, unless it is in a narrow container. */
export async function tapHindrance(): Promise<string | undefined> {
  if (process.platform !== "linux") return "it needs Linux";
  if (!isRoot) return "it needs root, for a network device of its own";
  if (!existsSync("/dev/net/tun")) return "there is no /dev/net/tun";
  const tried = `hltry${process.pid}`;
  const made = await run("ip", ["tuntap", "add", "dev", tried, "mode", "tap"]);
  if (made.code !== 0) return `a network device cannot be made: ${made.stderr.trim()}`;
  await run("ip", ["tuntap", "del", "dev", tried, "mode", "tap"]);
  return undefined;
}
