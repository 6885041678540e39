import { KERNEL, KERNEL_INVARIANTS } from "./kernel";
import type { Invariant, Setting } from "./setting";

/** A layer of the host that one step sets. */
export interface Concern {
  /** The name in the manifest and in the host program's command line. */
  readonly name: string;
  /** Raised when a new version of the package does something else on the host for the same settings. */
  readonly revision: number;
  readonly settings: readonly Setting[];
  readonly invariants: readonly Invariant[];
}

/** In the order in which they are applied: each layer is ready before the one outside it lets more in. */
export const CONCERNS: readonly Concern[] = [
  { name: "kernel", revision: 1, settings: KERNEL, invariants: KERNEL_INVARIANTS },
];
