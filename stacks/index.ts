import { TunedFleet, TunedHost, TunedHosts } from "../components";
import { labHost } from "./labHost";
import { NAMES, readSettings } from "./settings";

/**
 * The stack's outputs: the report of the live host, the same as a text table, and where the host is; of several hosts
 * the same by name; of a fleet those of the machine that its image is made of, and where the fleet is.
 */
export = (): Record<string, unknown> => {
  const { host, hosts, fleet, tuning, checked } = readSettings();
  if (fleet) {
    const made = new TunedFleet(NAMES.fleet, fleet, undefined, checked);
    const { report, summary, address, imageId, groupName } = made;
    return { report, summary, address, imageId, groupName };
  }
  if (hosts) {
    const { reports, summaries, addresses } = new TunedHosts(
      NAMES.host,
      { ...tuning, ...hosts },
      undefined,
      checked,
    );
    return { reports, summaries, addresses };
  }
  const lab = host ? undefined : labHost();
  const { report, summary, address } = new TunedHost(
    NAMES.host,
    { ...tuning, ...(host ?? { existing: lab?.connection }) },
    undefined,
    checked,
  );
  return { report, summary, address: lab?.address ?? address };
};
