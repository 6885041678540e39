/**
 * How far heavyload's tests speak for a system: they have `run` on it (on the lab's machines, amd64); or its versions
 * of nginx, systemd and Python lie `between` those of systems on which they have.
 */
export type Tests = "run" | "between";

/** A distribution's release that is taken. */
export interface System {
  /** ID of /etc/os-release. */
  readonly id: string;
  /** VERSION_ID of /etc/os-release. */
  readonly version: string;
  /** VERSION_CODENAME, by which a release is told that is still in the making and has no number. */
  readonly codename?: string;
  readonly tests: Tests;
}

/** One line of data a system. */
export const SYSTEMS: readonly System[] = [
  { id: "debian", version: "11", codename: "bullseye", tests: "run" },
  { id: "debian", version: "12", codename: "bookworm", tests: "run" },
  { id: "debian", version: "13", codename: "trixie", tests: "run" },
  { id: "debian", version: "14", codename: "forky", tests: "run" },
  { id: "ubuntu", version: "22.04", tests: "between" },
  { id: "ubuntu", version: "24.04", tests: "between" },
  { id: "ubuntu", version: "26.04", tests: "between" },
];
