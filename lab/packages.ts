import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { heartbeat, type Say } from "./progress";
import { must } from "./run";

/** A program that is run on this computer, and the Debian package that holds it. */
export interface Need {
  readonly program: string;
  readonly package: string;
}

/** Of whoever makes and enters lab machines; each kind has its own besides. */
export const BUILD_NEEDS: readonly Need[] = [
  { program: "mmdebstrap", package: "mmdebstrap" },
  { program: "ssh", package: "openssh-client" },
  { program: "tar", package: "tar" },
];

/** Whoever is not root builds the image in a user namespace and keeps the owners of its files by fakeroot. */
const NEEDS_WITHOUT_ROOT: readonly Need[] = [
  { program: "fakeroot", package: "fakeroot" },
  { program: "newuidmap", package: "uidmap" },
];

/** mke2fs lives here, and Debian keeps it off the path of an ordinary user. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];

export const isRoot = process.getuid?.() === 0;

/** The path of a program on PATH or in the system's folders. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The Debian packages that are missing on this computer. */
function missingPackages(needs: readonly Need[]): string[] {
  return [...needs, ...(isRoot ? [] : NEEDS_WITHOUT_ROOT)]
    .filter((need) => findProgram(need.program) === undefined)
    .map((need) => need.package);
}

/** Installs what is missing of `needs` (installPackages). */
export async function ensurePackages(say: Say, needs: readonly Need[]): Promise<void> {
  const missing = missingPackages(needs);
  if (missing.length > 0) await installPackages(say, missing);
}

/**
 * Installs Debian packages where this is root on Debian.
 * Throws elsewhere: the error holds the one command that does it.
 */
export async function installPackages(say: Say, packages: readonly string[]): Promise<void> {
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  if (!isRoot || !existsSync("/etc/debian_version"))
    throw new Error(
      `Programs are missing on this computer. Run:\n` +
        `  sudo apt-get update && sudo apt-get ${install.join(" ")}`,
    );
  say(`installing ${packages.join(", ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await heartbeat(say, "apt-get update", must("apt-get", ["update"], { env }));
  await heartbeat(say, "apt-get install", must("apt-get", install, { env }));
}
