import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isRoot } from "../../packages";
import { run } from "../../run";
import { labFolder } from "../folder";

const NAMESPACES = [
  "--mount",
  "--propagation",
  "private",
  "--net",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
];
const OVERLAY =
  "mkdir lower upper work root && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay root";

/** Why this computer can have no container, or nothing: what containers are made of is tried. */
export async function containerHindrance(): Promise<string | undefined> {
  if (process.platform !== "linux") return "containers need Linux";
  if (!isRoot) return "containers need root";
  const folder = mkdtempSync(join(labFolder(), "_try-"));
  try {
    const spaces = await run("unshare", [...NAMESPACES, "true"], { cwd: folder });
    if (spaces.code !== 0) return `namespaces cannot be made: ${spaces.stderr.trim()}`;
    const overlay = await run("unshare", [...NAMESPACES, "sh", "-c", OVERLAY], { cwd: folder });
    if (overlay.code !== 0) return `an overlay cannot be mounted in ${labFolder()}: ${overlay.stderr.trim()}`;
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
