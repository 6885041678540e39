/** A release of Debian that a machine can be made of. */
interface ReleaseFacts {
  readonly title: string;
  /** VERSION_ID of /etc/os-release; the next release has none before it is out. */
  readonly version?: string;
  /** It is not out yet: its packages change. */
  readonly moving?: boolean;
  /** Mirrors have lost its package of nginx's Lua module. */
  readonly noLua?: boolean;
}

/** By code name, the oldest first. */
export const RELEASES = {
  bullseye: { title: "Debian 11", version: "11", noLua: true },
  bookworm: { title: "Debian 12", version: "12" },
  trixie: { title: "Debian 13", version: "13" },
  forky: { title: "Debian 14, testing", moving: true },
} as const satisfies Readonly<Record<string, ReleaseFacts>> as Readonly<Record<Release, ReleaseFacts>>;
export type Release = "bullseye" | "bookworm" | "trixie" | "forky";
export const DEFAULT_RELEASE: Release = "bookworm";
