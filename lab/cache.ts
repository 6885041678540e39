import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A folder that outlives a clone: what is slow to build (engine, disk image, Python tools) is built once into it.
 * `HEAVYLOAD_CACHE` names another place.
 */
export function cacheFolder(...parts: string[]): string {
  const base = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(process.env["HEAVYLOAD_CACHE"] || join(base, "heavyload"), ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}
