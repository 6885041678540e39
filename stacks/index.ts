import { TunedHost, TunedHosts } from "../components";
import { labHost } from "./labHost";
import { readSettings } from "./settings";

/** The resources' name, and with that a part of the owner's name on the host. */
const NAME = "host";

/**
 * The stack's outputs: the report of the live host, the same as a text table, and where the host is; of several hosts
 * the same by name.
 */
export = (): Record<string, unknown> => {
  const { host, hosts, tuning, checked } = readSettings();
  if (hosts) {
    const { reports, summaries, addresses } = new TunedHosts(
      NAME,
      { ...tuning, ...hosts },
      undefined,
      checked,
    );
    return { reports, summaries, addresses };
  }
  const lab = host ? undefined : labHost();
  const { report, summary, address } = new TunedHost(
    NAME,
    { ...tuning, ...(host ?? { existing: lab?.connection }) },
    undefined,
    checked,
  );
  return { report, summary, address: lab?.address ?? address };
};
