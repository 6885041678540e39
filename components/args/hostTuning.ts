import type * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection";
import type { OwnHostArgs, TuningArgs } from "./tuning";

/** What HostTuning is told. */
export interface HostTuningArgs extends TuningArgs, OwnHostArgs {
  /** How SSH reaches the host. */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * What tells this host from another, such as the id of a machine. A new one means another host: the old one is put
   * back, and the new one is tuned from the beginning.
   * Default: the connection's, which is its host key.
   */
  identity?: pulumi.Input<string>;
  /**
   * Put the host back when the tuning is deleted. Without it nothing is asked of the host then: for a machine that goes
   * away together with its tuning, so that one that is gone already never blocks a destroy.
   * Default: true.
   */
  restore?: pulumi.Input<boolean>;
}
