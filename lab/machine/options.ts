import type { MachineRecord } from "./folder";
import type { KindName } from "./kindName";
import { KINDS } from "./kinds";
import { DEFAULT_RELEASE, RELEASES, type Release } from "./releases";

export interface MachineOptions {
  /** Of a new machine. @default vm */
  readonly kind?: KindName;
  /** Of a VM. Unit: MiB. Range: 256 and up. @default 2048, or what it had at its last boot */
  readonly memoryMiB?: number;
  /** Of a VM. Range: 1 to 64. @default 2, or what it had at its last boot */
  readonly cpus?: number;
  /** Debian's release, by code name: of a new machine. @default bookworm */
  readonly release?: Release;
  /** Of a new container: its root is nobody outside of it, as in the unprivileged containers of LXC. @default false */
  readonly userNamespace?: boolean;
  /**
   * Of a new container: a copy of a machine's disk (`copyDisk`) instead of the image's own. Whoever it boots as has to make
   * a host key of its own first.
   */
  readonly disk?: string;
  /** The machine ends with this process, and nothing of it is left: for tests. @default false */
  readonly tethered?: boolean;
}

export const DEFAULTS = {
  kind: "vm",
  release: DEFAULT_RELEASE,
  size: { memoryMiB: 2048, cpus: 2 },
} as const;

const LEAST_MEMORY = 256;
const MOST_CPUS = 64;

/** Throws with every problem at once. `known`: the machine of that name that is there already. */
export function checkOptions(options: MachineOptions, known: MachineRecord | undefined): void {
  const {
    kind,
    release,
    userNamespace,
    disk,
    memoryMiB = DEFAULTS.size.memoryMiB,
    cpus = DEFAULTS.size.cpus,
  } = options;
  const problems: string[] = [];
  if (release !== undefined && !Object.hasOwn(RELEASES, release))
    problems.push(`release is ${String(release)}, allowed: ${Object.keys(RELEASES).join(", ")}`);
  if (kind !== undefined && !Object.hasOwn(KINDS, kind))
    problems.push(`kind is ${String(kind)}, allowed: ${Object.keys(KINDS).join(", ")}`);
  else if (kind && known && known.kind !== kind)
    problems.push(`kind is ${kind}, the machine of that name is a ${known.kind}: take it away first`);
  if (!Number.isInteger(memoryMiB) || memoryMiB < LEAST_MEMORY)
    problems.push(`memoryMiB is ${memoryMiB}, allowed is a whole number from ${LEAST_MEMORY}`);
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > MOST_CPUS)
    problems.push(`cpus is ${cpus}, allowed is a whole number from 1 to ${MOST_CPUS}`);
  if (userNamespace && (known?.kind ?? kind) !== "container")
    problems.push("userNamespace is a container's: ask for that kind");
  if (disk !== undefined && (known !== undefined || kind !== "container"))
    problems.push("disk is a new container's: take the machine away, and ask for that kind");
  if ((known?.kind ?? kind) === "container" && (options.memoryMiB ?? options.cpus) !== undefined)
    problems.push("memoryMiB and cpus are a VM's: a container has the computer's");
  if (problems.length > 0) throw new Error(`The lab machine cannot be made: ${problems.join("; ")}.`);
}
