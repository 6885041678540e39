import type { HostArgs } from "./tunedHost";
import type { OwnHostArgs, TuningArgs } from "./tuning";

/** What TunedHosts is told: which hosts, and the load of each. */
export interface TunedHostsArgs extends TuningArgs, OwnHostArgs {
  /** The hosts by name: letters, digits and `. _ / @ + -`. */
  hosts: Record<string, HostArgs>;
  /**
   * Name of the host that is changed first: the others wait until it is proven, and stay as they are when it fails.
   * Default: the first one by name.
   */
  first?: string;
  /**
   * How many of the others are changed at the same time. Range: 1 to 100.
   * Default: 4.
   */
  maxParallel?: number;
}
