import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { bootMachine, keepMachine, removeMachine, sharedSsh, type Machine } from "../../lab/machine";
import type { MachineOptions } from "../../lab/machine/options";
import { toStderr } from "../../lab/progress";
import { differences, takePicture, type Picture } from "./picture";
import { Tuned } from "../../lab/drive/tuned";
import { KIND, machineName, RELEASE } from "./where";

/** Milliseconds, as limits of time go: everything on an emulated machine takes many times as long. */
export const MINUTES = 60_000 * (KIND === "vm" ? 5 : 1);
export const SOMAXCONN = "net.core.somaxconn";
/** A second key that every host has. */
export const BACKLOG = "net.ipv4.tcp_max_syn_backlog";
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

/** A machine for the tests of a file, whose end is theirs too. */
export function testMachine(name = machineName(), options: MachineOptions = {}): Promise<Machine> {
  return bootMachine(name, toStderr, { kind: KIND, release: RELEASE, tethered: true, ...options });
}

/** The machine of a file, and how it was before any of its tests. */
export class Pristine {
  private constructor(
    readonly machine: Machine,
    readonly tuned: Tuned,
    /** The values of both keys before any test. */
    readonly kernel: Readonly<Record<typeof SOMAXCONN | typeof BACKLOG, string>>,
    private readonly before: Picture,
  ) {}

  static async boot(options: MachineOptions = {}): Promise<Pristine> {
    const machine = await testMachine(machineName(), options);
    const tuned = new Tuned(machine);
    const found = await tuned.live(SOMAXCONN, BACKLOG);
    const kernel = { [SOMAXCONN]: found[SOMAXCONN] ?? "", [BACKLOG]: found[BACKLOG] ?? "" };
    await tuned.root(USERS);
    return new Pristine(machine, tuned, kernel, await takePicture(machine));
  }

  /** What Debian gives services and logins as a hard limit of open files, as far as the machine can have it. */
  get hardOfServices(): number {
    return Math.min(524_288, this.machine.abilities.openFiles);
  }
  get hardOfLogins(): number {
    return Math.min(1_048_576, this.machine.abilities.openFiles);
  }

  /** After a power cut. */
  async bootAgain(): Promise<void> {
    await testMachine(this.machine.name);
  }

  /** What differs from how it was, a line each. */
  async untouched(): Promise<string[]> {
    return differences(this.before, await takePicture(this.machine));
  }

  /** Takes away what the tests put on the machine, and our own last if one of them stopped half way. */
  async reset(): Promise<void> {
    await sharedSsh(this.machine, "sudo systemctl stop heavyload-apply 2>/dev/null");
    await sharedSsh(this.machine, RESTORE);
    const values = Object.entries(this.kernel).map(([key, value]) => `${key}=${value}`);
    await this.tuned.root(
      `umount /proc/sys/net/core/somaxconn /etc/os-release 2>/dev/null; rm -f ${OURS} ${LATER}
       sysctl -qw ${values.join(" ")}`,
    );
  }

  /** `HEAVYLOAD_KEEP_MACHINE` leaves it for a look, and for the next run. */
  async remove(): Promise<void> {
    const { name } = this.machine;
    if (!process.env["HEAVYLOAD_KEEP_MACHINE"]) return removeMachine(name);
    await keepMachine(name);
    toStderr(`the machine is kept: npm run lab -- ssh --name ${name}`);
  }
}

/** The hooks of a file of tests: whatever one did, the next one starts from the machine as it came. */
export function eachFromPristine(begin: (host: Pristine) => void, options: MachineOptions = {}): void {
  let host: Pristine;
  beforeAll(async () => {
    host = await Pristine.boot(options);
    begin(host);
  }, 10 * MINUTES);
  afterEach(() => host.reset(), 2 * MINUTES);
  afterAll(() => host.remove(), MINUTES);
}
