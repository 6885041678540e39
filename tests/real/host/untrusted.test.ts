// A service's user gains nothing by what it writes, calls itself or leaves lying about, and holds nobody up.
import { expect, test } from "@jest/globals";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { EXEC, page, withUnit } from "../siteUnit";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

/** A program of the site's user that writes down who runs it, then is gunicorn. */
const LOGGED = `#!/bin/sh
id -u >>/var/site/ran; tty >>/var/site/tty; (: </dev/tty) 2>/dev/null && echo open >>/var/site/tty
exec /usr/bin/gunicorn "$@"
`;
const VENV = "/srv/site/venv/bin/gunicorn";

test(
  "an environment that the site's user owns is never run by root, and has no terminal",
  async () => {
    const exec = `${VENV} --bind unix:/run/gunicorn/site.sock mysite.wsgi`;
    await withUnit(tuned, { exec, files: { [VENV]: LOGGED } }, async () => {
      await tuned.up("limits", "gunicorn");
      // As an administrator looks, on a terminal.
      await tuned.root("script -qec 'heavyload status; heavyload status --json; heavyload verify' /dev/null");
      await tuned.root("heavyload report", tuned.stdin("report").replace(/^ {2}(kernel|nginx): .*\n/gm, ""));
      await tuned.down("limits", "gunicorn");
      const [site = ""] = (await tuned.root("id -u site")).split("\n");
      expect((await tuned.root("sort -u /var/site/ran")).trim()).toBe(site);
      expect((await tuned.root("sort -u /var/site/tty")).trim()).toBe("not a tty");
      await tuned.root("rm -rf /srv/site/venv");
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

/** Put over its own command line by a process, as any may: there, and in what /proc says of it. */
const EVIL = "/var/site/gunicorn";

test(
  "what processes call themselves decides about nothing",
  async () => {
    const files = {
      [EVIL]: "#!/bin/sh\nid -u >>/var/site/ran\necho 'gunicorn (version 99.0)'\n",
      "/var/site/pose.py":
        'import os, sys; os.execv("/usr/bin/sleep", [sys.argv[1].replace("_", " "), "1000"])\n',
    };
    const posing = "-p User=nobody python3 /var/site/pose.py";
    await withUnit(tuned, { files }, async () => {
      // A service of somebody else's that would pass for a second gunicorn, and one that would have itself run.
      await tuned.root(
        `systemd-run -q --unit=cache ${posing} gunicorn:_master_[shop]
         systemd-run -q --unit=queue ${posing} ${EVIL}; sleep 0.5`,
      );
      await tuned.up("limits", "gunicorn");
      const status = await tuned.root("heavyload status --json");
      expect(status).not.toMatch(/cache|queue|99\.0/);
      await tuned.down("limits", "gunicorn");
      expect(await tuned.root("ls /var/site")).toBe("gunicorn\npose.py\n");
      await tuned.root("systemctl stop cache queue");
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

/** Each the child of the one before. */
const CROWD = `import os, time
for _ in range(1050):
    if os.fork():
        break
time.sleep(1000)
`;

test(
  "a FIFO in the place of a file, and a crowd of children, hold nobody up",
  async () => {
    const env = "/var/site/shop.env";
    const files = {
      [env]: "SHOP=open\n",
      "/var/site/crowd.py": CROWD,
      "/srv/site/gunicorn.conf.py":
        'import subprocess\ndef on_starting(server):\n    subprocess.Popen(["python3", "/var/site/crowd.py"])\n',
    };
    const service = `Type=notify\nUser=site\nWorkingDirectory=/srv/site\nEnvironmentFile=${env}\n`;
    await withUnit(tuned, { service, files }, async () => {
      await tuned.root(`mv ${env} ${env}.kept; mkfifo ${env}; chown site: ${env}`);
      await tuned.install();
      const refused = await tuned.apply("gunicorn");
      expect(refused.stderr).toContain(
        `EnvironmentFile: wanted a regular file, found something else (${env}`,
      );
      await tuned.root(
        `rm ${env}; mv ${env}.kept ${env}; until [ $(pgrep -cf crowd.py) -gt 1050 ]; do sleep 0.2; done`,
      );
      succeeded(await tuned.apply("limits"));
      expect(await tuned.root("heavyload status")).toMatch(/of 1[0-9]{3} processes/);
      await tuned.down("limits");
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "what is secret stays root's",
  async () => {
    const secret = "s3cr3t-of-the-site";
    const files = { "/etc/shop.env": `GUNICORN_CMD_ARGS=--env SECRET_KEY=${secret} -t 77\n` };
    const service = "Type=notify\nUser=site\nWorkingDirectory=/srv/site\nEnvironmentFile=/etc/shop.env\n";
    const unit = { service, files, prepare: "chmod 600 /etc/shop.env", exec: `${EXEC} mysite.wsgi` };
    await withUnit(tuned, unit, async () => {
      await tuned.install();
      const done = succeeded(await tuned.apply("gunicorn"));
      expect(done.stdout + done.stderr).not.toContain(secret);
      const readers = `setpriv --reuid 65534 --clear-groups grep -rls ${secret} /etc /var/lib /run /tmp`;
      expect(await tuned.root(`${readers} || true`)).toBe("");
      expect(await tuned.root("stat -c %a /var/lib/heavyload /etc/heavyload/gunicorn.env")).toBe(
        "700\n600\n",
      );
      await tuned.down("gunicorn");
      expect(await page(tuned)).toBe(200);
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

/** The site's application: it writes down who imports it; its workers run a program as root once they are told to. */
const POSING = `import os, threading, time
with open("/var/site/importers", "a") as file:
    file.write(f"{os.geteuid()}\\n")
def pose():
    while not os.path.exists("/var/site/go"):
        time.sleep(0.05)
    os.dup2(os.pipe()[0], 0)
    os.execv("/usr/bin/su", ["su", "root"])
threading.Thread(target=pose, daemon=True).start()
from mysite.wsgi import application
`;

test(
  "a worker that has become a program of root's does not have its application run by root",
  async () => {
    const unit = {
      service: "WorkingDirectory=/srv/site\n",
      exec: `${EXEC} -u site -g site posing:application`,
      files: { "/srv/site/posing.py": POSING },
      prepare: "install -m 666 /dev/null /var/site/importers",
      tidy: "pkill -x su || true",
    };
    await withUnit(tuned, unit, async () => {
      await tuned.install();
      const site = (await tuned.root("id -u site")).trim();
      // While it is asked, its own processes look as root's.
      const asked = tuned.apply("gunicorn");
      await tuned.root("sleep 0.6; touch /var/site/go");
      await asked;
      await tuned.apply("gunicorn");
      expect((await tuned.root("sort -u /var/site/importers")).trim()).toBe(site);
      await tuned.root(`rm /var/site/go; pkill -x su || true; systemctl restart gunicorn`);
      succeeded(await tuned.restore("host"));
    });
    expect(await host.untouched()).toEqual([]);
  },
  3 * MINUTES,
);

/** Puts a FIFO in the place of the file as soon as somebody looks at the variables by way of systemd. */
const SWAPPING = `import glob, os, time
os.mkfifo("/var/site/fifo")
end = time.monotonic() + 60
while time.monotonic() < end:
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                if b"json.dumps([sys.argv" in file.read():
                    os.rename("/var/site/fifo", "/var/site/shop.env")
                    raise SystemExit
        except OSError:
            pass
`;

test(
  "a FIFO that comes in the place of a file at that very moment does not hold systemd up",
  async () => {
    const env = "/var/site/shop.env";
    const service = `Type=notify\nUser=site\nWorkingDirectory=/srv/site\nEnvironmentFile=${env}\n`;
    const files = { [env]: "SHOP=open\n", "/var/site/swap.py": SWAPPING };
    await withUnit(tuned, { service, files }, async () => {
      await tuned.install();
      await tuned.root("systemd-run -q --unit=swap -p User=site python3 /var/site/swap.py; sleep 0.5");
      const done = await tuned.apply("gunicorn");
      expect([await tuned.root(`stat -c %F ${env}`), done.code]).toEqual(["fifo\n", 1]);
      expect(done.stderr).toContain(`EnvironmentFile: wanted a regular file, found something else (${env}`);
      await tuned.root(`systemctl stop swap; rm ${env}; echo SHOP=open >${env}`);
      succeeded(await tuned.restore("host"));
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "what a configuration holds is in no error",
  async () => {
    const secret = "s3cr3t-of-the-site";
    const unit = {
      service: "Type=notify\nUser=site\n",
      exec: `/usr/bin/env --chdir=/srv/site ${EXEC} mysite.wsgi`,
      files: { "/srv/site/gunicorn.conf.py": `raw_env = ["SECRET_KEY=${secret}"]\n` },
    };
    await withUnit(tuned, unit, async () => {
      await tuned.install();
      const done = await tuned.apply("gunicorn");
      expect([done.code, done.stderr]).toEqual([1, expect.stringContaining("gunicorn.raw_env: wanted")]);
      expect(done.stderr + (await tuned.root("journalctl -b --no-pager -u 'heavyload*'"))).not.toContain(
        secret,
      );
      succeeded(await tuned.restore("host"));
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);
