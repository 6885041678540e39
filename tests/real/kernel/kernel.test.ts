// What a machine proves that has a kernel of its own: keys of sysctl outside its network, hard limits of open files and
// what bounds them, a reboot, a power cut. On it heavyload has the tier that quickstart has.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { SETTINGS } from "../../../components/tuning/concerns";
import { cutPower, rebootMachine, ssh } from "../../../lab/machine";
import { toStderr } from "../../../lab/progress";
import { testOfAll } from "../all";
import { ofService } from "../openFiles";
import { MINUTES, SOMAXCONN, eachFromPristine, type Pristine } from "../pristine";
import { ends } from "../ranges";
import { quoted, succeeded, type Tuned } from "../../../lab/drive/tuned";

const NETDEV = "net.core.netdev_max_backlog";
/** What Debian gives: soft and hard limit of services, fs.file-max. */
const SERVICE = "1024 524288";
const FILE_MAX = "9223372036854775807";

let host: Pristine;
let tuned: Tuned;

// One CPU: emulated ones wait for each other, the longer the more there is to do beside them.
eachFromPristine(
  (pristine) => {
    host = pristine;
    tuned = host.tuned.with({ wish: { tier: "10k" } });
  },
  { cpus: 1 },
);

const inForce = (service: string): Promise<string> => ofService(tuned, service);

const CONNTRACK = "net.netfilter.nf_conntrack_max";
/** As Docker or a unit for NAT does: the module comes when systemd-sysctl and heavyload.service have long run. */
const NAT = "/etc/systemd/system/late-nat.service";
const LATE = `[Service]
Type=oneshot
ExecStartPre=/bin/sleep 5
ExecStart=/sbin/modprobe nf_conntrack
[Unit]
After=heavyload.service ssh.service
[Install]
WantedBy=multi-user.target
`;
const UNLOAD = "rmmod nf_conntrack nf_defrag_ipv6 nf_defrag_ipv4 libcrc32c";

test(
  "a tier is in force outside the network too, over a reboot, and goes back",
  async () => {
    const layers = ["kernel", "limits"];
    expect(await tuned.live(NETDEV)).toEqual({ [NETDEV]: "1000" });
    await tuned.root(
      `cat >${NAT}; systemctl daemon-reload; systemctl enable late-nat; modprobe nf_conntrack`,
      LATE,
    );
    await tuned.up(...layers);
    await rebootMachine(host.machine, toStderr);
    await tuned.root(
      "until systemctl is-active late-nat | grep -q '^inactive'; do sleep 1; done; udevadm settle",
    );
    expect(await tuned.live(CONNTRACK)).toEqual({ [CONNTRACK]: "262144" });
    expect(await tuned.live(SOMAXCONN, NETDEV)).toEqual({ [SOMAXCONN]: "16384", [NETDEV]: "2500" });
    expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual(Array(2).fill("131072 524288"));
    expect(await tuned.root("heavyload verify")).toContain(" 0 short");
    // No key is spelled wrong: a host of its own has them all.
    const status = JSON.parse(await tuned.root("heavyload status --json")) as {
      settings: { name: string; state: string }[];
    };
    const keys = status.settings.filter(({ name }) => sysctls.some((setting) => setting.name === name));
    expect(keys.map(({ state }) => state)).toEqual(sysctls.map(() => "in force"));
    await tuned.down(...layers);
    await tuned.root(`systemctl disable late-nat; rm ${NAT}; systemctl daemon-reload; ${UNLOAD}`);
    expect(await tuned.live(NETDEV)).toEqual({ [NETDEV]: "1000" });
    expect(await host.untouched()).toEqual([]);
  },
  8 * MINUTES,
);

const sysctls = SETTINGS.filter(({ name }) => /^(net|fs)\./.test(name));

testOfAll(
  "the kernel takes both ends of every range and gives them back",
  async () => {
    const pairs = sysctls.flatMap((setting) => ends(setting).map((end) => `${setting.name} ${end}`));
    // fs.nr_open and fs.file-max last of all: a low one would leave no room for what writes the others.
    const script = `
      while read -r key value; do
        path=/proc/sys/$(echo "$key" | tr . /)
        old=$(cat "$path")
        echo "$value" >"$path" && now=$(tr '\\t' ' ' <"$path")
        echo "$old" >"$path"
        [ "$now" = "$value" ] || echo "$key: wrote $value, read $now"
      done`;
    await tuned.root("modprobe nf_conntrack");
    try {
      expect(await tuned.root(script, `${pairs.join("\n")}\n`)).toBe("");
    } finally {
      // The test is a guest: nothing of it may stay for those that compare.
      await tuned.root(UNLOAD);
    }
    expect(await host.untouched()).toEqual([]);
  },
  3 * MINUTES,
);

test(
  "the limits are taken back at the next boot when the power went in the middle of the change",
  async () => {
    await tuned.install("limits");
    const run = tuned.faulty("hang", "limits");
    await tuned.root(
      "until test -e /run/heavyload-hangs; do sleep 0.2; done; test -e /etc/security/limits.d/99-heavyload.conf",
    );
    await cutPower(host.machine.name);
    await run;
    await host.bootAgain();
    expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([SERVICE, SERVICE]);
    expect(await tuned.root("systemctl show -P NeedDaemonReload nginx gunicorn | sort -u")).toBe("\nno\n");
    succeeded(await tuned.restore("host"));
    expect(await host.untouched()).toEqual([]);
  },
  5 * MINUTES,
);

describe("fs.nr_open", () => {
  /** Above what the kernel gives: with it fs.nr_open has to move too. */
  const high = (tier: string, descriptors: number) =>
    tuned.with({ wish: { tier, tuning: { "nofile.hard": descriptors } } });

  test(
    "is never below a limit in force, from the highest tier to the lowest and away",
    async () => {
      await tuned.install("limits");
      const script = readFileSync(join(__dirname, "../watcher.py"), "utf8");
      const watched = watch(script);
      await tuned.root("until systemctl is-active -q heavyload-watcher; do sleep 0.1; done");
      succeeded(await high("100k", 4_194_304).apply("limits"));
      expect(await inForce("nginx")).toBe("4194304 4194304");
      succeeded(await high("50k", 2_097_152).apply("limits"));
      expect(await tuned.live("fs.nr_open")).toEqual({ "fs.nr_open": "2097152" });
      // The sessions that proved it are over; systemd keeps their users' managers, and so their limits, ten seconds more.
      await tuned.root("sleep 15");
      const low = tuned.with({ wish: { tier: "2k" } });
      succeeded(await low.apply("limits"));
      expect(await inForce("nginx")).toBe("65536 524288");
      expect(await tuned.live("fs.nr_open", "fs.file-max")).toEqual({
        "fs.nr_open": "1048576",
        "fs.file-max": FILE_MAX,
      });
      succeeded(await low.restore("limits"));
      // The watcher can see: this is what it looks for.
      await tuned.root("sysctl -qw fs.nr_open=1000000; sleep 1; sysctl -qw fs.nr_open=1048576");
      await tuned.root("systemctl stop heavyload-watcher");
      const seen = JSON.parse((await watched).stdout.trim().split("\n").at(-1) ?? "") as Watched;
      expect(seen.samples).toBeGreaterThan(100);
      expect(seen.nrOpen).toEqual([1_000_000, 1_048_576, 2_097_152, 4_194_304]);
      expect(seen.limits).toEqual(expect.arrayContaining([2_097_152, 4_194_304]));
      expect(seen.over.filter((line) => !line.endsWith("over 1000000"))).toEqual([]);
      expect(seen.over.length).toBeGreaterThan(0);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    8 * MINUTES,
  );

  testOfAll(
    "bounds what is wanted, by what it really is on the host; where it cannot be raised that is said before anything is touched",
    async () => {
      await tuned.install("limits");
      const wanting = tuned
        .stdin("limits")
        .replace("nofile.hard: at least 131072", "nofile.hard: at least 2000000");
      const more = await tuned.apply("limits", wanting);
      expect(more.code).not.toBe(0);
      expect(more.stderr).toMatch(/nofile.hard: wanted at most fs.nr_open, 1048576, found 2000000/);

      const path = "/proc/sys/fs/nr_open";
      await tuned.root(`mount --bind ${path} ${path} && mount -o remount,ro,bind ${path}`);
      const fixed = await high("50k", 2_097_152).apply("limits");
      await tuned.root(`umount ${path}`);
      expect(fixed.code).not.toBe(0);
      expect(fixed.stderr).toMatch(/fs.nr_open: wanted at least 2097152, found 1048576, read-only/);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    4 * MINUTES,
  );
});

interface Watched {
  readonly samples: number;
  readonly nrOpen: readonly number[];
  readonly limits: readonly number[];
  readonly over: readonly string[];
}

/** Runs until its unit is stopped. */
function watch(script: string) {
  const unit = "systemd-run --wait --pipe --collect -q --unit=heavyload-watcher";
  return ssh(host.machine, `sudo ${unit} python3 -I -c ${quoted(script)}`, { timeout: 5 * MINUTES });
}
