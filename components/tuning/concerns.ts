import { GUNICORN_SETTINGS } from "./gunicorn";
import { KERNEL } from "./kernel";
import { LIMITS } from "./limits";
import { NGINX } from "./nginx";
import type { Setting } from "./setting";

/** A layer of the host that one step sets. */
export interface Concern {
  /** The name in the manifest and in the host program's command line. */
  readonly name: string;
  /** Raised when a new version of the package does something else on the host for the same settings. */
  readonly revision: number;
  readonly settings: readonly Setting[];
}

/** In the order in which they are worked out and applied, from the inside out. */
export const CONCERNS: readonly Concern[] = [
  { name: "kernel", revision: 1, settings: KERNEL },
  { name: "limits", revision: 1, settings: LIMITS },
  { name: "gunicorn", revision: 3, settings: GUNICORN_SETTINGS },
  { name: "nginx", revision: 3, settings: NGINX },
];

export const SETTINGS: readonly Setting[] = CONCERNS.flatMap(({ settings }) => settings);
