import { describe, expect, test } from "@jest/globals";
import { ssh } from "../../../lab/machine";
import { OPEN_FILES } from "../../../lab/drive/load";
import { ofLogin, ofService } from "../openFiles";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import type { Tuned } from "../../../lab/drive/tuned";
import { succeeded } from "../../../lab/drive/tuned";

const LIMITS = "/etc/security/limits.d/99-heavyload.conf";
const DROPIN = "/etc/systemd/system/nginx.service.d/zz-heavyload-limits.conf";
const LATER = "/etc/security/limits.d/zz.conf";
let host: Pristine;
let tuned: Tuned;
/** Soft and hard limit: what Debian gives services and logins, and what the plan makes of that. */
let SERVICE: string;
let LOGIN: string;
let RAISED: string;
let RAISED_LOGIN: string;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
  [SERVICE, LOGIN] = [`1024 ${host.hardOfServices}`, `1024 ${host.hardOfLogins}`];
  [RAISED, RAISED_LOGIN] = [`${OPEN_FILES} ${host.hardOfServices}`, `${OPEN_FILES} ${host.hardOfLogins}`];
});

const inForce = (service: string): Promise<string> => ofService(tuned, service);
const inForceOf = (user: string): Promise<string> => ofLogin(tuned, user);

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
      for (const user of ["www-data", "site", "guest"]) expect(await inForceOf(user)).toBe(RAISED_LOGIN);
      expect(await inForceOf("admin")).toBe(LOGIN); // no member of users
      const login = await ssh({ ...host.machine, user: "guest" }, "echo $(ulimit -Sn) $(ulimit -Hn)");
      expect(login.stdout.trim()).toBe(RAISED_LOGIN);

      await tuned.root("systemctl restart nginx gunicorn");
      expect(await serve()).toBe("200\n");
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([RAISED, RAISED]);
      const again = succeeded(await tuned.apply("limits"));
      expect(again.stdout).toContain("settings wanted, 0 changed");

      const { settings } = JSON.parse(await tuned.root("heavyload status --json")) as { settings: object[] };
      const nginx = {
        name: "nofile.soft of nginx.service",
        before: "1024",
        now: String(OPEN_FILES),
        afterReboot: String(OPEN_FILES),
      };
      expect(settings).toContainEqual(expect.objectContaining(nginx));
      expect(settings.map((row) => "ok" in row && row.ok)).toEqual(Array(12).fill(true));
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");

      await tuned.down("limits");
      expect(await inForceOf("guest")).toBe(LOGIN);
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([SERVICE, SERVICE]);
      expect(await host.untouched()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    "do what the article's lines in limits.conf do not, and leave fs.file-max where its line lowers it",
    async () => {
      const lines = ["www-data soft nofile 18000", "www-data hard nofile 19000"];
      const fileMax = await tuned.live("fs.file-max");
      await tuned.root(`cp -p /etc/security/limits.conf /run/limits.conf
        printf '${lines.join("\\n")}\\n' >>/etc/security/limits.conf
        systemctl restart nginx`);
      expect(await inForce("nginx")).toBe(SERVICE);
      expect(await inForceOf("www-data")).toBe("18000 19000");
      await tuned.up("limits");
      expect(await inForce("nginx")).toBe(RAISED);
      expect(await inForceOf("www-data")).toBe("18000 19000"); // more than we want: theirs stays
      expect(await tuned.root(`cat ${LIMITS}`)).not.toContain("www-data");
      expect(await tuned.live("fs.file-max")).toEqual(fileMax);
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

describe("what others say", () => {
  test(
    "and wins over ours is named with file and line, all of it, before anything is touched",
    async () => {
      await tuned.root(`mkdir -p /etc/systemd/system/nginx.service.d
        printf '# mine\\nwww-data hard nofile 3000\\n' >${LATER}
        printf '[Service]\\nLimitNOFILE=4096\\n' >/etc/systemd/system/nginx.service.d/zzz.conf
        systemctl daemon-reload`);
      const done = await tuned.apply("host");
      await tuned.root(`rm -r ${LATER} /etc/systemd/system/nginx.service.d; systemctl daemon-reload`);
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("2 problems, nothing was changed");
      expect(done.stderr).toContain(`${LATER} line 2`);
      expect(done.stderr).toContain("/etc/systemd/system/nginx.service.d/zzz.conf line 2");
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
      expect(await inForceOf("www-data")).toBe(`${OPEN_FILES} ${OPEN_FILES}`);
      expect(await inForceOf("guest")).toBe(`2000 ${OPEN_FILES}`);
      await tuned.down("limits");
      expect(await inForceOf("www-data")).toBe("4000 4000");
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
      await set("19000");
      await tuned.up("limits");
      expect(await inForce("nginx")).toBe("19000 19000");
      expect(await tuned.root(`test ! -e ${DROPIN} && echo none`)).toBe("none\n");
      await tuned.down("limits");
      await set("2000:18000");
      await tuned.up("limits");
      expect(await inForce("nginx")).toBe(`${OPEN_FILES} 18000`);
      await tuned.root("systemctl restart nginx");
      expect(await inForce("nginx")).toBe(`${OPEN_FILES} 18000`);
      await tuned.down("limits");
      expect(await inForce("nginx")).toBe("2000 18000");
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
      expect(done.stderr).toMatch(/nofile of www-data: wanted at least 16384 16384, found 1024 \d+ /);
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
});
