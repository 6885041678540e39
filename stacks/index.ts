import { HostTuning } from "../components";
import { HOSTS } from "./hosts";
import { readSettings } from "./settings";

/** The stack's outputs: the report of the live host, the same as a text table, and where the host is. */
export = (): Record<string, unknown> => {
  const settings = readSettings([...HOSTS.keys()]);
  const open = HOSTS.get(settings.host);
  if (!open) throw new Error(`unreachable: the host ${settings.host} was let through`);
  const { connection, address } = open(settings);
  const { report, summary } = new HostTuning("host", { ...settings.tuning, connection });
  return { report, summary, address };
};
