import { afterEach, beforeAll } from "@jest/globals";
import { bootMachine, sharedSsh, type Machine } from "../../lab/machine";
import { toStderr } from "../../lab/progress";
import { differences, takePicture, type Picture } from "./picture";
import { MACHINE, RELEASE } from "./machineName";
import { Tuned } from "./tuned";

export const MINUTES = 60_000;
export const SOMAXCONN = "net.core.somaxconn";
export const BACKLOG = "net.core.netdev_max_backlog";
export const OURS = "/etc/sysctl.d/99-zz-heavyload.conf";
/** Sorts after ours. */
export const LATER = "/etc/sysctl.d/99-zzz.conf";
export const MARKER = "/var/lib/heavyload/undo.json";

const RESTORE = "! test -e /usr/local/sbin/heavyload || sudo heavyload restore";
/**
 * Logins of all kinds: one that may nothing, in the group `users`; and two that may everything, one with a restricted
 * shell that greets everybody, one without a shell.
 */
const USERS = `
  add() { id $1 2>/dev/null || { useradd -m -s $2 -G users $1 && cp -r /home/admin/.ssh /home/$1/ && chown -R $1 /home/$1; }; }
  add guest /bin/sh; add narrow /bin/rbash; add shellless /usr/sbin/nologin
  gpasswd -d narrow users; gpasswd -d shellless users
  echo 'echo Welcome to the farm' >/home/narrow/.bashrc
  for user in narrow shellless; do echo "$user ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/$user; done`;

/** The machine that the tests share, and how it was before any of them. */
export class Pristine {
  private constructor(
    readonly machine: Machine,
    readonly tuned: Tuned,
    private readonly before: Picture,
  ) {}

  static async boot(): Promise<Pristine> {
    const machine = await bootMachine(MACHINE, toStderr, { release: RELEASE });
    const tuned = new Tuned(machine);
    await reset(tuned);
    await tuned.root(USERS);
    return new Pristine(machine, tuned, await takePicture(machine));
  }

  /** What differs from how it was, a line each. */
  async untouched(): Promise<string[]> {
    return differences(this.before, await takePicture(this.machine));
  }

  reset(): Promise<void> {
    return reset(this.tuned);
  }
}

/** The hooks of a file of tests: whatever one did, the next one starts from the machine as it came. */
export function eachFromPristine(begin: (host: Pristine) => void): void {
  let host: Pristine;
  beforeAll(async () => {
    host = await Pristine.boot();
    begin(host);
  }, 10 * MINUTES);
  afterEach(() => host.reset(), 2 * MINUTES);
}

/** Takes away what the tests put on the machine, and our own last if one of them stopped half way. */
async function reset(tuned: Tuned): Promise<void> {
  await sharedSsh(tuned.machine, "sudo systemctl stop heavyload-apply 2>/dev/null");
  await sharedSsh(tuned.machine, RESTORE);
  await tuned.root(
    `umount /proc/sys/net/core/somaxconn /etc/os-release 2>/dev/null; rm -f ${OURS} ${LATER}
     sysctl -qw ${SOMAXCONN}=4096 ${BACKLOG}=1000`,
  );
}
