import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedSsh, type Machine } from "../../lab/machine";

/** Everything of a host that a restore must bring back: paths, sysctl keys and units, each with what it says. */
export type Picture = ReadonlyMap<string, string>;

const SCRIPT = readFileSync(join(__dirname, "picture.py"));

/** What moves on a host that nobody touches. */
const EXCEPTIONS: readonly RegExp[] = [
  /^sysctl (fs\.(dentry-state|file-nr|inode-nr|inode-state)|kernel\.(ns_last_pid|random\..*|pty\.nr|tainted))$/, // counters
  /^sysctl vm\.(user|admin)_reserve_kbytes$/, // from the memory that is free at boot
  /^sysctl (fs|user)\.(fanotify\.max_user|max_fanotify)_marks$/, // likewise
  /^sysctl (fs|user)\.((inotify|epoll)\.max_user|max_inotify)_watches$/, // likewise
  /^unit (file )?session-c?\d+\.scope$/, // the logins of the test itself
  /^(unit|nofile of) (file )?(systemd-pcrlogin@\d+|console-getty)\.service$/, // a session's, and the console's login
  /^unit (user-\d+\.slice|user@\d+\.service|user-runtime-dir@\d+\.service|run-user-\d+\.mount)$/, // and their sessions
  /^unit (ldconfig|systemd-(journal-catalog-update|sysusers|update-done|hwdb-update))\.service$/, // at the first boot alone
  /^unit sys(stem)?-.*\.(device|slice)$/,
  /^unit .*(\.timer|tmpfiles-clean\.service|tmpfiles.*clean\.service\.mount)$/, // clocks
  /^\/var\/lib\/systemd\/(timers|random-seed|timesync)/, // clocks and entropy
  /^\/var\/lib\/logrotate/, // logs
];

/** Those of a machine whose kernel is the computer's are not its own: others move them. */
const OF_ANOTHER_KERNEL = /^sysctl (?!net\.)/;

export async function takePicture(machine: Machine): Promise<Picture> {
  const done = await sharedSsh(machine, "sudo python3 -I -", { input: SCRIPT });
  if (done.code !== 0) throw new Error(`no picture of the machine: ${done.stderr}`);
  const found = Object.entries(JSON.parse(done.stdout) as Record<string, string>);
  const exceptions = machine.abilities.ownKernel ? EXCEPTIONS : [...EXCEPTIONS, OF_ANOTHER_KERNEL];
  return new Map(found.filter(([name]) => !exceptions.some((exception) => exception.test(name))));
}

/** What differs, a line each: empty when everything is as before. */
export function differences(before: Picture, after: Picture): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? "absent"} -> ${after.get(name) ?? "absent"}`);
}
