import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { makePlan } from "../../components/tuning/plan";
import { parseReport } from "../../components/tuning/report";
import { bootMachine, cutPower, ssh } from "../../lab/machine";
import { toStderr } from "../../lab/progress";
import { MACHINE } from "./machineName";
import { MINUTES, eachFromPristine, type Pristine } from "./pristine";
import { quoted, succeeded, Tuned } from "./tuned";

const LIMITS = "/etc/security/limits.d/99-heavyload.conf";
const DROPIN = "/etc/systemd/system/nginx.service.d/heavyload-limits.conf";
const LATER = "/etc/security/limits.d/zz.conf";
/** What Debian gives: soft and hard limit, fs.file-max. */
const SERVICE = "1024 524288";
const LOGIN = "1024 1048576";
const FILE_MAX = "9223372036854775807";
/** What the tier 10k wants: the hard limits are above it already. */
const RAISED = "131072 524288";
const RAISED_LOGIN = "131072 1048576";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

/** The limits of every process of a service, each once. */
async function inForce(service: string): Promise<string> {
  const pids = `/sys/fs/cgroup/system.slice/${service}.service/cgroup.procs`;
  const line = `for p in $(cat ${pids}); do awk "/open files/ { print \\$4, \\$5 }" /proc/$p/limits; done | sort -u`;
  return (await tuned.root(line)).trim();
}

/** The limits of a login, by a session through sshd's PAM stack. */
async function ofLogin(user: string): Promise<string> {
  const session = `systemd-run --wait --pipe -q -p PAMName=sshd -p User=${user}`;
  return (await tuned.root(`${session} sh -c 'echo $(ulimit -Sn) $(ulimit -Hn)'`)).trim();
}

const serve = () =>
  tuned.root("python3 -c 'import urllib.request as u; print(u.urlopen(\"http://127.0.0.1/\").status)'");

describe("the limits", () => {
  test(
    "reach what runs without a restart, what starts next, and logins; go back as they were",
    async () => {
      const pids = await tuned.root("pgrep -d ' ' 'nginx|gunicorn'");
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([SERVICE, SERVICE]);
      await tuned.up("limits");
      expect(await tuned.root("pgrep -d ' ' 'nginx|gunicorn'")).toBe(pids);
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([RAISED, RAISED]);
      for (const user of ["www-data", "site", "guest"]) expect(await ofLogin(user)).toBe(RAISED_LOGIN);
      expect(await ofLogin("admin")).toBe(LOGIN); // no member of users
      const login = await ssh({ ...host.machine, user: "guest" }, "echo $(ulimit -Sn) $(ulimit -Hn)");
      expect(login.stdout.trim()).toBe(RAISED_LOGIN);

      await tuned.root("systemctl restart nginx gunicorn");
      expect(await serve()).toBe("200\n");
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([RAISED, RAISED]);
      const again = succeeded(await tuned.apply("limits"));
      expect(again.stdout).toContain("4 settings hold, 0 changed");

      const { settings } = JSON.parse(await tuned.root("heavyload status --json")) as { settings: object[] };
      const nginx = {
        name: "nofile.soft of nginx.service",
        before: "1024",
        now: "131072",
        afterReboot: "131072",
      };
      expect(settings).toContainEqual(expect.objectContaining(nginx));
      expect(settings.map((row) => "ok" in row && row.ok)).toEqual(Array(12).fill(true));
      expect(await tuned.root("heavyload verify")).toContain("0 failed");

      await tuned.down("limits");
      expect(await ofLogin("guest")).toBe(LOGIN);
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([SERVICE, SERVICE]);
      expect(await host.untouched()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    "do what the article's lines in limits.conf do not, and leave fs.file-max where its line lowers it",
    async () => {
      const lines = ["www-data soft nofile 256000", "www-data hard nofile 260000"];
      await tuned.root(`cp -p /etc/security/limits.conf /run/limits.conf
        printf '${lines.join("\\n")}\\n' >>/etc/security/limits.conf
        systemctl restart nginx`);
      expect(await inForce("nginx")).toBe(SERVICE);
      expect(await ofLogin("www-data")).toBe("256000 260000");
      await tuned.up("limits");
      expect(await inForce("nginx")).toBe(RAISED);
      expect(await ofLogin("www-data")).toBe("256000 260000"); // more than we want: theirs stays
      expect(await tuned.root(`cat ${LIMITS}`)).not.toContain("www-data");
      expect(await tuned.live("fs.file-max")).toEqual({ "fs.file-max": FILE_MAX });
      await tuned.down("limits");
      await tuned.root("cp -p /run/limits.conf /etc/security/limits.conf; rm /run/limits.conf");
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );

  test(
    "are taken back when the change is killed in the middle",
    async () => {
      await tuned.install("limits");
      expect((await tuned.faulty("kill", "limits")).code).not.toBe(0);
      expect(await inForce("nginx")).toBe(RAISED);
      const next = succeeded(await tuned.restore("host"));
      expect(next.stderr).toContain("the unfinished change was taken back");
      expect(await inForce("nginx")).toBe(SERVICE);
      expect(await host.untouched()).toEqual([]);
    },
    4 * MINUTES,
  );
});

test(
  "the limits are taken back at the next boot when the power went in the middle of the change",
  async () => {
    await tuned.install("limits");
    const run = tuned.faulty("hang", "limits");
    await tuned.root(
      "until test -e /run/heavyload-hangs; do sleep 0.2; done; test -e /etc/security/limits.d/99-heavyload.conf",
    );
    await cutPower(MACHINE);
    await run;
    await bootMachine(MACHINE, toStderr);
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
      const script = readFileSync(join(__dirname, "watcher.py"), "utf8");
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

  test(
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

describe("what others say", () => {
  test(
    "and wins over ours is named with file and line, all of it, before anything is touched",
    async () => {
      await tuned.root(`mkdir -p /etc/systemd/system/nginx.service.d
        printf '# mine\\nwww-data hard nofile 3000\\n' >${LATER}
        printf '[Service]\\nLimitNOFILE=4096\\n' >/etc/systemd/system/nginx.service.d/override.conf
        systemctl daemon-reload`);
      const done = await tuned.apply("host");
      await tuned.root(`rm -r ${LATER} /etc/systemd/system/nginx.service.d; systemctl daemon-reload`);
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("2 problems, nothing was changed");
      expect(done.stderr).toContain(`${LATER} line 2`);
      expect(done.stderr).toContain("/etc/systemd/system/nginx.service.d/override.conf line 2");
      expect(await host.untouched()).toEqual([]);
    },
    4 * MINUTES,
  );

  test(
    "loses where ours is read later or means fewer people, and holds for one user of the group by name: that is said",
    async () => {
      await tuned.root(`cp -p /etc/security/limits.conf /run/limits.conf
        printf '* - nofile 4000\\n@users hard nofile 5000\\n' >>/etc/security/limits.conf
        printf 'guest soft nofile 2000\\n' >${LATER}`);
      await tuned.install("limits");
      const done = succeeded(await tuned.apply("limits"));
      expect(done.stderr).toContain(`${LATER} line 1 holds for guest in place of ours for @users`);
      expect(await ofLogin("www-data")).toBe("131072 131072");
      expect(await ofLogin("guest")).toBe("2000 131072");
      await tuned.down("limits");
      expect(await ofLogin("www-data")).toBe("4000 4000");
      await tuned.root(`rm ${LATER}; cp -p /run/limits.conf /etc/security/; rm /run/limits.conf`);
      expect(await host.untouched()).toEqual([]);
    },
    4 * MINUTES,
  );

  test(
    "in a unit: a higher limit stays and is written nowhere, a lower one is raised and comes back",
    async () => {
      const folder = "/etc/systemd/system/nginx.service.d";
      const set = (limit: string) =>
        tuned.root(`mkdir -p ${folder}; printf '[Service]\\nLimitNOFILE=${limit}\\n' >${folder}/10-mine.conf
          systemctl daemon-reload; systemctl restart nginx`);
      await set("700000");
      await tuned.up("limits");
      expect(await inForce("nginx")).toBe("700000 700000");
      expect(await tuned.root(`test ! -e ${DROPIN} && echo none`)).toBe("none\n");
      await tuned.down("limits");
      await set("2000:3000");
      await tuned.up("limits");
      expect(await inForce("nginx")).toBe("131072 131072");
      await tuned.root("systemctl restart nginx");
      expect(await inForce("nginx")).toBe("131072 131072");
      await tuned.down("limits");
      expect(await inForce("nginx")).toBe("2000 3000");
      await tuned.root(`rm -r ${folder}; systemctl daemon-reload; systemctl restart nginx`);
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );

  test(
    "in other services: one that is named has the limits too, one that does not exist is refused",
    async () => {
      const named = (service: string) => tuned.with({ order: { services: [service] } });
      const unknown = await named("nothing.service").apply("host");
      expect(unknown.stderr).toContain("1 problem, nothing was changed");
      expect(unknown.stderr).toMatch(/services: wanted nothing.service, found no nothing.service/);
      await tuned.root(`printf '[Service]\\nExecStart=/bin/sleep 600\\n' >/etc/systemd/system/sleeper.service
        systemctl daemon-reload; systemctl start sleeper`);
      await named("sleeper.service").up("limits");
      expect(await inForce("sleeper")).toBe(RAISED);
      succeeded(await tuned.apply("limits")); // named no more
      expect(await inForce("sleeper")).toBe(SERVICE);
      expect(await inForce("nginx")).toBe(RAISED);
      await tuned.root(
        "systemctl stop sleeper; rm /etc/systemd/system/sleeper.service; systemctl daemon-reload",
      );
      await tuned.down("limits");
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );
});

describe("a login user", () => {
  const login = (user: string) => new Tuned({ ...host.machine, user });

  test(
    "without a shell is told so by the host, and nothing is touched",
    async () => {
      const done = await login("shellless").apply("host");
      expect(done.code).not.toBe(0);
      expect(done.stdout + done.stderr).toContain("This account is currently not available");
      expect(await tuned.root("test ! -e /var/lib/heavyload && echo none")).toBe("none\n");
      expect(await host.untouched()).toEqual([]);
    },
    2 * MINUTES,
  );

  test(
    "with a restricted shell that greets everybody, behind sshd's banner, has everything done all the same",
    async () => {
      await tuned.root(`echo 'Keep out' >/etc/issue.test; echo 'Banner /etc/issue.test' >/etc/ssh/sshd_config.d/test.conf
        systemctl restart ssh`); // which waits until it listens again
      const narrow = login("narrow");
      await narrow.up("kernel");
      for (const step of ["limits", "gunicorn", "nginx"]) succeeded(await narrow.apply(step));
      const { stdout } = succeeded(await narrow.apply("report"));
      expect(stdout).toMatch(/^Welcome to the farm\n/);
      const { plan } = makePlan(narrow.wish);
      if (!plan) throw new Error("no plan");
      expect(parseReport(stdout, plan).settings.every(({ ok }) => ok)).toBe(true);
      for (const step of ["nginx", "gunicorn", "limits"]) succeeded(await narrow.restore(step));
      await narrow.down("kernel");
      await tuned.root("rm /etc/issue.test /etc/ssh/sshd_config.d/test.conf; systemctl restart ssh");
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );
});

describe("everything is put back, and the error says why,", () => {
  test(
    "where the PAM stack does not ask pam_limits",
    async () => {
      await tuned.root("cp -p /etc/pam.d/sshd /run/pam-sshd; sed -i '/pam_limits/d' /etc/pam.d/sshd");
      await tuned.install("limits");
      const done = await tuned.apply("limits");
      await tuned.root("cp -p /run/pam-sshd /etc/pam.d/sshd; rm /run/pam-sshd");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("everything was put back");
      expect(done.stderr).toMatch(/nofile of www-data: wanted at least 131072 131072, found 1024 \d+ /);
      expect(done.stderr).toContain("See that /etc/pam.d/sshd has `session required pam_limits.so`");
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([SERVICE, SERVICE]);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "where a new session does not open: nobody is locked out",
    async () => {
      await tuned.install("limits");
      // From the moment our file is there, nobody gets in.
      await tuned.root(`cp -p /etc/pam.d/sshd /run/pam-sshd
        printf '#!/bin/sh\\ntest ! -e ${LIMITS}\\n' >/var/tmp/no-entry; chmod 755 /var/tmp/no-entry
        echo 'account required pam_exec.so quiet /var/tmp/no-entry' >>/etc/pam.d/sshd`);
      const done = await tuned.apply("limits");
      await tuned.root("cp -p /run/pam-sshd /etc/pam.d/sshd; rm /run/pam-sshd /var/tmp/no-entry");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("everything was put back");
      expect(done.stderr).toMatch(/login of admin: wanted a session, found /);
      expect(await inForce("nginx")).toBe(SERVICE);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "where there is no right to raise a limit, as in a container: before anything is touched",
    async () => {
      await tuned.install("limits");
      const bounded = "--wait --pipe --collect -q --property=CapabilityBoundingSet=~CAP_SYS_RESOURCE";
      const line = `sudo systemd-run ${bounded} /var/lib/heavyload/bin/heavyload inside apply limits`;
      const done = await ssh(host.machine, line, { input: tuned.stdin("limits") });
      expect(done.code).not.toBe(0);
      expect(done.stderr).toMatch(/nofile: wanted 131072 131072, found no right to raise a hard limit/);
      expect(done.stderr).toContain("nothing was changed");
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});
