import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { stepCommand } from "../../components/steps";
import { bootMachine, cutPower, rebootMachine, sharedSsh, ssh, type Machine } from "../../lab/machine";
import { toStderr } from "../../lab/progress";
import { differences, takePicture, type Picture } from "./picture";
import { quoted, succeeded, Tuned } from "./tuned";
import { MACHINE } from "./teardown";

const MINUTES = 60_000;
const RESTORE = "! test -e /usr/local/sbin/heavyload || sudo heavyload restore";
const OURS = "/etc/sysctl.d/99-zz-heavyload.conf";
const MARKER = "/var/lib/heavyload/undo.json";
const SOMAXCONN = "net.core.somaxconn";
const BACKLOG = "net.core.netdev_max_backlog";

let machine: Machine;
let tuned: Tuned;
let before: Picture;

beforeAll(async () => {
  machine = await bootMachine(MACHINE, toStderr);
  tuned = new Tuned(machine);
  await asItCame();
  await tuned.root(
    "id guest 2>/dev/null || useradd -m guest && cp -r /home/admin/.ssh /home/guest/ && chown -R guest /home/guest",
  );
  before = await takePicture(machine);
}, 10 * MINUTES);

/** Whatever a test did, the next one starts from the machine as it came. */
afterEach(asItCame, 2 * MINUTES);

async function asItCame(): Promise<void> {
  await sharedSsh(machine, "sudo systemctl stop heavyload-apply 2>/dev/null");
  await sharedSsh(machine, RESTORE);
  await tuned.root(
    `umount /proc/sys/net/core/somaxconn /etc/os-release 2>/dev/null; rm -f ${OURS} /etc/sysctl.d/99-zzz.conf
     sysctl -qw ${SOMAXCONN}=4096 ${BACKLOG}=1000`,
  );
}

async function untouched(): Promise<string[]> {
  return differences(before, await takePicture(machine));
}

async function hanging(): Promise<void> {
  await tuned.root(
    "for i in $(seq 60); do test -e /run/heavyload-hangs && break; sleep 0.5; done; rm /run/heavyload-hangs",
  );
}

describe("the steps", () => {
  test(
    "put every value in force, change nothing the second time, and restore everything",
    async () => {
      await tuned.up();
      expect(await tuned.live(SOMAXCONN, BACKLOG, "net.ipv4.ip_local_port_range")).toEqual({
        [SOMAXCONN]: "16384",
        [BACKLOG]: "2500",
        "net.ipv4.ip_local_port_range": "5120 65535",
      });
      const again = succeeded(await tuned.apply("kernel"));
      expect(again.stdout).toContain("6 settings hold, 0 changed");
      expect(succeeded(await tuned.apply("report")).stdout.match(/"ok": true/g)).toHaveLength(6);
      await tuned.down();
      expect(await untouched()).toEqual([]);
    },
    5 * MINUTES,
  );

  test(
    "leave a limit that the host exceeds, write it to no file, and raise it after a reboot only as far as wanted",
    async () => {
      await tuned.root(`sysctl -qw ${SOMAXCONN}=70000`);
      await tuned.up();
      expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "70000" });
      expect(await tuned.root(`cat ${OURS}`)).not.toContain("somaxconn");
      await rebootMachine(machine, toStderr);
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "16384", [BACKLOG]: "2500" });
      expect(await tuned.root("heavyload verify")).toContain("6 settings passed, 0 failed");
      await tuned.down();
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "4096", [BACKLOG]: "1000" });
      expect(await tuned.root(`test ! -e ${OURS} && test ! -e /var/lib/heavyload && echo gone`)).toBe(
        "gone\n",
      );
    },
    6 * MINUTES,
  );

  test(
    "bring down on a lower tier only what they raised themselves",
    async () => {
      await tuned.root(`sysctl -qw ${BACKLOG}=3000`);
      await tuned.with({ wish: { tier: "50k" } }).up();
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "65535", [BACKLOG]: "12500" });
      await tuned.with({ wish: { tier: "10k" } }).up();
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "16384", [BACKLOG]: "3000" });
      await tuned.down();
      expect(await tuned.live(BACKLOG)).toEqual({ [BACKLOG]: "3000" });
      await tuned.root(`sysctl -qw ${BACKLOG}=1000`);
      expect(await untouched()).toEqual([]);
    },
    5 * MINUTES,
  );
});

describe("a change that does not get through", () => {
  test(
    "puts everything back when the live value is not the wanted one",
    async () => {
      succeeded(await tuned.apply("host"));
      const done = await tuned.faulty("ignored");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("everything was put back");
      expect(done.stderr).toMatch(/net.core.somaxconn: wanted 16384, found 4096/);
      succeeded(await tuned.restore("host"));
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "is refused by the kernel, and everything is put back",
    async () => {
      succeeded(await tuned.apply("host"));
      const manifest = tuned.stdin("kernel").replace("widen 5120 65535", "widen 5120 70000");
      const done = await tuned.apply("kernel", manifest);
      expect(done.code).not.toBe(0);
      expect(done.stderr).toMatch(
        /ip_local_port_range: wanted 5120 70000, found the kernel's refusal: Invalid argument/,
      );
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "4096", [BACKLOG]: "1000" });
      succeeded(await tuned.restore("host"));
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "is taken back by the next run when it was killed",
    async () => {
      succeeded(await tuned.apply("host"));
      expect((await tuned.faulty("kill")).code).not.toBe(0);
      await tuned.root(`test -e ${MARKER} && test -e ${OURS}`);
      const next = succeeded(await tuned.restore("host"));
      expect(next.stderr).toContain("the unfinished change was taken back");
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "puts back when the unit is stopped, as by its time limit",
    async () => {
      succeeded(await tuned.apply("host"));
      const run = tuned.faulty("hang");
      await hanging();
      await tuned.root("systemctl stop heavyload-apply");
      const done = await run;
      expect(done.stderr).toContain("stopped by SIGTERM");
      expect(done.stderr).toContain("everything was put back");
      succeeded(await tuned.restore("host"));
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "is taken back at the next boot, before anything reads the files, when the power went",
    async () => {
      succeeded(await tuned.apply("host"));
      const run = tuned.faulty("hang");
      await hanging();
      await tuned.root(`test -e ${OURS}`);
      await cutPower(MACHINE);
      await run;
      machine = await bootMachine(MACHINE, toStderr);
      expect(await tuned.root(`test ! -e ${OURS} && test ! -e ${MARKER} && echo gone`)).toBe("gone\n");
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "4096", [BACKLOG]: "1000" });
      expect(await tuned.root("journalctl -b -u heavyload-undo -o cat")).toContain(
        "the unfinished change was taken back",
      );
      succeeded(await tuned.restore("host"));
      expect(await untouched()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    "goes on when the connection is cut, and the journal tells of it",
    async () => {
      succeeded(await tuned.apply("host"));
      // The shell that kills its own sshd goes only when the change has begun; a job would lose the manifest's stdin.
      const apply = stepCommand("kernel", machine.user).apply;
      const begun = "until systemctl is-active -q heavyload-apply; do sleep 0.1; done";
      const cut = `exec 3<&0; ${apply} <&3 & ${begun}; kill -9 $PPID`;
      await ssh(machine, cut, { input: tuned.stdin("kernel"), timeout: 20_000 });
      await tuned.root(
        "for i in $(seq 60); do systemctl is-active -q heavyload-apply || break; sleep 0.5; done",
      );
      expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
      expect(await tuned.root("journalctl -b -u heavyload-apply -o cat")).toContain(
        "net.core.somaxconn: 4096 -> 16384",
      );
      await tuned.down();
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "waits while another one has the host",
    async () => {
      succeeded(await tuned.apply("host"));
      const [one, other] = await Promise.all([tuned.apply("kernel"), tuned.apply("kernel")]);
      expect([one.code, other.code]).toEqual([0, 0]);
      expect(one.stderr + other.stderr).toContain("waiting for its end");
      await tuned.down();
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});

describe("a host that is not fit is refused, and nothing of it is touched:", () => {
  test(
    "a later file of sysctl.d that would win, by its name and line",
    async () => {
      succeeded(await tuned.apply("host"));
      await tuned.root(`printf '# mine\\n${SOMAXCONN} = 128\\n' >/etc/sysctl.d/99-zzz.conf`);
      const done = await tuned.apply("kernel");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("/etc/sysctl.d/99-zzz.conf line 2");
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "4096", [BACKLOG]: "1000" });
      await tuned.root("rm /etc/sysctl.d/99-zzz.conf");
      succeeded(await tuned.restore("host"));
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "a key that is read-only and short; one that already satisfies passes",
    async () => {
      succeeded(await tuned.apply("host"));
      const path = `/proc/sys/net/core/somaxconn`;
      await tuned.root(`mount --bind ${path} ${path} && mount -o remount,ro,bind ${path}`);
      const done = await tuned.apply("kernel");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toMatch(/net.core.somaxconn: wanted at least 16384, found 4096, read-only/);
      expect(await tuned.live(BACKLOG)).toEqual({ [BACKLOG]: "1000" });
      const small = tuned.with({ wish: { tier: "2k" } }); // its 4096 is there already
      expect(succeeded(await small.apply("kernel")).stdout).toContain("settings hold");
      await tuned.root(`umount ${path}`);
      await small.down();
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "another stack's host, by name; told to adopt it takes over, and the old stack leaves it alone then",
    async () => {
      await tuned.up();
      const other = tuned.with({ order: { stack: "blog/prod/web" } });
      const refused = await other.apply("host");
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain("wanted blog/prod/web, found shop/prod/web");
      expect(refused.stderr).toContain("heavyload:adopt");
      await other.with({ order: { stack: "blog/prod/web", adopt: true } }).up();
      expect(succeeded(await tuned.restore("kernel")).stdout).toContain("belongs to blog/prod/web");
      expect(succeeded(await tuned.restore("host")).stdout).toContain("belongs to blog/prod/web");
      expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
      await other.down();
      expect(await untouched()).toEqual([]);
    },
    5 * MINUTES,
  );

  test(
    "no root's rights, too little memory and an untested system, all at once",
    async () => {
      await tuned.root(
        "printf 'ID=other\\nVERSION_ID=1\\n' >/run/os && mount --bind /run/os /etc/os-release",
      );
      const stdin = tuned.stdin("host").replace(/memory_mib: at least \d+/, "memory_mib: at least 900000");
      const guest = new Tuned({ ...machine, user: "guest" });
      const done = await guest.apply("host", stdin);
      await tuned.root("umount /etc/os-release; rm /run/os");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("3 problems, nothing was changed");
      expect(done.stderr).toMatch(/sudo: wanted root's rights without a password/);
      expect(done.stderr).toMatch(/memory_mib: wanted at least 900000, found \d+/);
      expect(done.stderr).toMatch(/system: wanted one that was tested: debian 12, found other 1/);
    },
    3 * MINUTES,
  );

  test(
    "no Python, no systemd",
    async () => {
      await tuned.root("chmod 0644 $(readlink -f /usr/bin/python3)");
      const python = await tuned.apply("host");
      await tuned.root("chmod 0755 $(readlink -f /usr/bin/python3)");
      expect(python.code).toBe(69);
      expect(python.stderr).toContain("/usr/bin/python3 is missing on this host: install python3");
      const line = `sudo unshare --mount sh -c ${quoted(`mount -t tmpfs none /run/systemd && exec ${stepCommand("host", "root").apply}`)}`;
      const systemd = await ssh(machine, line, { input: tuned.stdin("host") });
      expect(systemd.code).not.toBe(0);
      expect(systemd.stderr).toMatch(/systemd: wanted systemd as the first process/);
      await ssh(machine, "sudo systemctl daemon-reload");
    },
    3 * MINUTES,
  );

  test(
    "a manifest or a program that was damaged on its way",
    async () => {
      succeeded(await tuned.apply("host"));
      const done = await tuned.apply("kernel", tuned.stdin("kernel").slice(0, -20));
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("`complete: true` as the last line");
      const program = await tuned.apply(
        "host",
        tuned
          .stdin("host")
          .replace("the one writer", "the 0ne writer")
          .replace("The one writer", "The 0ne writer"),
      );
      expect(program.code).not.toBe(0);
      expect(program.stderr).toMatch(/program: wanted sha256 [0-9a-f]{64}, found [0-9a-f]{64}/);
      succeeded(await tuned.restore("host"));
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});

describe("restore", () => {
  test(
    "keeps what somebody else changed since: a line in our file, a value they set",
    async () => {
      await tuned.up();
      await tuned.root(`echo 'vm.swappiness = 10' >>${OURS} && sysctl -qw ${BACKLOG}=2000`);
      const done = succeeded(await tuned.restore("kernel"));
      expect(done.stderr).toContain(`${BACKLOG}: somebody set 2000 after us`);
      expect(await tuned.root(`cat ${OURS}`)).toBe("vm.swappiness = 10\n");
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "4096", [BACKLOG]: "2000" });
      await tuned.root(`rm ${OURS} && sysctl -qw ${BACKLOG}=1000`);
      succeeded(await tuned.restore("host"));
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "works on the host by hand, and a destroy afterwards finds nothing to do",
    async () => {
      await tuned.up();
      expect(await tuned.root("heavyload status")).toContain("owner: shop/prod/web");
      expect(await tuned.root("heavyload verify")).toContain("6 settings passed, 0 failed");
      await tuned.root(`sysctl -qw ${SOMAXCONN}=128`);
      const verify = await ssh(machine, "sudo heavyload verify");
      expect(verify.code).toBe(1);
      expect(verify.stderr).toMatch(/net.core.somaxconn: wanted at least 16384, found 128/);
      await tuned.root(`sysctl -qw ${SOMAXCONN}=16384`);
      await tuned.root("heavyload restore");
      await tuned.down();
      expect(await untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});
