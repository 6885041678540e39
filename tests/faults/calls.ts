/** A system call of a step that changes something, as strace has seen it. */
export interface Call {
  readonly syscall: string;
  /** What it acts on: of two paths the second, which is the one that appears. Empty: a process. */
  readonly path: string;
  /** The path by which strace knows it: of two the first. */
  readonly by: string;
  /** Which one of those by that path, from 1. */
  readonly nth: number;
  /** Which one of all on the paths of the step's calls, from 1. */
  readonly of: number;
}

/** What strace is told to look at: everything by which a step changes a host. */
export const WATCHED = [
  ...["openat", "write", "fsync", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"],
  ...["mkdir", "mkdirat", "rmdir", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "chown", "fchown"],
  ...["lchown", "fchownat", "setxattr", "fsetxattr", "lsetxattr", "kill", "prlimit64"],
];
/** Without a path. */
const ON_PROCESSES = new Set(["kill", "prlimit64"]);
/** Where a step changes what lasts, or what is live. */
const PLACES = /^\/(etc|usr|var\/lib\/heavyload|proc\/sys)(\/|$)(?!.*\/__pycache__)/;
const OPENS_TO_WRITE = /O_WRONLY|O_RDWR|O_CREAT/;
const FAILED = /\) += -1 E[A-Z]+ /;
/** `12</etc/hosts>` or `"/etc/hosts"` */
const PATH = /"((?:[^"\\]|\\.)*)"|\d+<([^>]*)>/g;

class Counts {
  private readonly counts = new Map<string, number>();

  next(name: string): number {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return count;
  }
}

/** A line of strace's: the paths it acts on; of a process none. */
interface Line {
  readonly syscall: string;
  readonly paths: readonly string[];
  readonly changes: boolean;
}

/** The calls in what `strace -y` has written, in their order. */
export function callsIn(trace: string): Call[] {
  const lines = trace.split("\n").flatMap(lineOf);
  const by = new Set(lines.filter(changesAPlace).map(({ paths }) => paths[0] ?? ""));
  const counts = new Counts();
  return lines.flatMap((line) => {
    const { syscall, paths } = line;
    const [first = ""] = paths;
    if (!by.has(first)) return [];
    const nth = counts.next(`${syscall} ${first}`);
    const of = counts.next(syscall);
    return changesAPlace(line) ? [{ syscall, path: paths[paths.length - 1] ?? "", by: first, nth, of }] : [];
  });
}

const changesAPlace = ({ changes, paths }: Line): boolean =>
  changes && (paths.length === 0 || PLACES.test(paths[paths.length - 1] ?? ""));

function lineOf(text: string): Line[] {
  const [, syscall = "", rest = ""] = /^(\w+)\((.*)$/.exec(text) ?? [];
  if (!WATCHED.includes(syscall)) return [];
  // What fails anyway changes nothing; it counts among those by its path all the same.
  const changes = !FAILED.test(rest) && (syscall !== "openat" || OPENS_TO_WRITE.test(rest));
  return [{ syscall, paths: ON_PROCESSES.has(syscall) ? [] : pathsIn(syscall, rest), changes }];
}

function pathsIn(syscall: string, rest: string): string[] {
  const [words = rest] = rest.split(") = ");
  const found = [...words.matchAll(PATH)].map(([, named, open]) => named ?? open ?? "");
  return syscall === "write" ? found.slice(0, 1) : found.filter((name) => name.startsWith("/"));
}

/** A program that a step waits for. */
export interface Child {
  readonly program: string;
  /** Which one of that program's runs, from 1. */
  readonly nth: number;
}

/** The programs in what `strace -f -e trace=execve` has written, without the step itself. */
export function childrenIn(trace: string): Child[] {
  const counts = new Counts();
  const programs = [...trace.matchAll(/execve\("([^"]+)".* = 0$/gm)].map(([, path = ""]) => path);
  return programs.slice(1).flatMap((program) => {
    return program.startsWith("/usr/") ? [{ program, nth: counts.next(program) }] : [];
  });
}
