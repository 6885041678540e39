import { readOrNothing } from "../process";
import { run } from "../../run";

/** The highest hard limit of open files that a process of this computer's root can have: above its own only with
 * CAP_SYS_RESOURCE, which many a build machine and container keeps from its root. */
export async function openFiles(): Promise<number> {
  const most = Number(readOrNothing("/proc/sys/fs/nr_open"));
  const tried = await run("sh", ["-c", `ulimit -Hn; ulimit -n ${most}`]);
  return tried.code === 0 ? most : Number(tried.stdout);
}
