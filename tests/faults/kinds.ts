import type { Call } from "./calls";

/** What can go wrong at a system call. */
export interface Kind {
  readonly name: string;
  /** In words, for docs/reliability.md. */
  readonly what: string;
  /** At which calls it can. */
  readonly at: (call: Call) => boolean;
  /** strace's words for it. */
  readonly inject: string;
}

const MAKES =
  /^(openat|write|rename|renameat2?|link|linkat|mkdir|mkdirat|symlink|symlinkat|f?setxattr|fsync)$/;
const CHANGES_NAMES =
  /^(openat|rename|renameat2?|link|linkat|unlink|unlinkat|mkdir|mkdirat|rmdir|symlink|symlinkat)$/;
const CHANGES_RIGHTS = /^(f?chmod(at)?|[lf]?chown(at)?|[lf]?setxattr)$/;
const ON_THE_DISK = /^\/(?!proc\/)/;
const onDisk = ({ path }: Call): boolean => ON_THE_DISK.test(path);

const error = (name: string, what: string, at: Kind["at"]): Kind => ({
  name,
  what,
  at,
  inject: `error=${name}`,
});

export const POWER_CUT = "power cut";

export const KINDS: readonly Kind[] = [
  { name: "SIGKILL", what: "the step is killed", at: () => true, inject: "signal=SIGKILL" },
  {
    name: POWER_CUT,
    what: "the machine loses power, and all that was not flushed to the disk is lost",
    // The call after one that opens or writes is as good a moment; what is live is lost anyway.
    at: (call) => onDisk(call) && !/^(openat|write)$/.test(call.syscall),
    inject: "signal=SIGKILL",
  },
  error("ENOSPC", "the disk is full", (call) => onDisk(call) && MAKES.test(call.syscall)),
  error(
    "EROFS",
    "the file system is read-only by now",
    (call) => onDisk(call) && (CHANGES_NAMES.test(call.syscall) || CHANGES_RIGHTS.test(call.syscall)),
  ),
  error("EIO", "the disk fails", (call) => /^(openat|write|fsync|rename|link|unlink)/.test(call.syscall)),
  error("EPERM", "the kernel does not allow it", ({ syscall }) => syscall !== "fsync"),
];
