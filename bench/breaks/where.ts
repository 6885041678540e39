import type { LoadNetwork } from "../../lab/load/network";
import type { Machine } from "../../lab/machine";
import type { Say } from "../../lab/progress";

/** A machine, and where load for it comes from. */
export interface Where {
  readonly machine: Machine;
  readonly network: LoadNetwork;
  readonly say: Say;
}
