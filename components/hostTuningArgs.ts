import type * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection";

/** The load that a host must carry, in numbers of one's own. */
export interface CapacityArgs {
  /** Client connections held at the same time, idle ones included. Range: 100 to 1000000. */
  connections: pulumi.Input<number>;
  /** Requests that arrive in a second. Range: 1 to 1000000. */
  requestsPerSecond: pulumi.Input<number>;
}

/** What HostTuning is told. */
export interface HostTuningArgs {
  /** How SSH reaches the host. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The load by name: `2k`, `10k`, `50k` or `100k` connections. Either this or `capacity`. */
  tier?: pulumi.Input<string>;
  /** The load in numbers. Either this or `tier`. */
  capacity?: pulumi.Input<CapacityArgs>;
  /**
   * Values of one's own by setting name, as strings or numbers: `{ "net.core.somaxconn": 8192 }`. They take the place
   * of the plan's; the setting's rule stays.
   * @default none
   */
  // The generated SDKs know no union of string and number: values are checked by setting instead.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  tuning?: pulumi.Input<Record<string, any>>;
  /**
   * Any text; a new one applies everything again, after someone changed the host by hand.
   * @default none
   */
  reapply?: pulumi.Input<string>;
  /**
   * How long to try to reach the host, not how long a step may run. Unit: seconds. Range: 5 to 3600.
   * @default 30
   */
  timeout?: pulumi.Input<number>;
  /**
   * Take over a host that another stack, or another name in this one, has tuned.
   * @default false
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * Go ahead on a distribution or version that heavyload was not tested on.
   * @default false
   */
  allowUntested?: pulumi.Input<boolean>;
}
