import type * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection";
import type { TuningArgs } from "./tuning";

/** What HostTuning is told. */
export interface HostTuningArgs extends TuningArgs {
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
  /**
   * Let images be made of the host's disk, by one step more: it refuses a host that is not as it was left, takes the
   * machine's id out, and notes what a copy has to make its own. A machine that boots from such an image gets keys, an
   * id and an owner of its own, works out its values anew, and answers on `readiness` once it has proven itself.
   * Default: false.
   */
  seal?: boolean;
}
