import type { Plan } from "../../components/tuning/plan";
import { gunicornFile } from "./gunicorn";
import type { Rendered } from "./hostFile";
import { limitFiles } from "./limits";
import { nginxFiles } from "./nginx";
import { sysctlFile } from "./sysctl";

export type { HostFile, Rendered, Unset } from "./hostFile";

/**
 * The plan as files for a host that is tuned by hand, in the order in which they are put in force, and the settings that
 * none of them sets, each with the reason. Each other setting is in one of them; the limits of open files are in three,
 * since logins, nginx and gunicorn each have a place of their own. Equal plans give equal bytes.
 */
export function hostFiles(plan: Plan): Rendered {
  const parts = [sysctlFile(plan), limitFiles(plan), gunicornFile(plan), nginxFiles(plan)];
  return { files: parts.flatMap(({ files }) => files), unset: parts.flatMap(({ unset }) => unset) };
}
