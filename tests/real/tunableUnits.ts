import { expect } from "@jest/globals";
import { BIND, EXEC, type SiteUnit } from "./siteUnit";
import type { Tuned } from "../../lab/drive/tuned";

const AS_SITE = "Type=notify\nUser=site\nWorkingDirectory=/srv/site\n";

export interface Case extends SiteUnit {
  readonly title: string;
  /** Left to `npm run test:all`: another one is of its kind. */
  readonly more?: true;
  /** For as long as it may take. @default 1 */
  readonly minutes?: number;
  /** Of workers, once it is tuned. @default 2 * CPUs + 1 */
  readonly workers?: number;
  /** Children of its main process that are none. @default 0 */
  readonly helpers?: number;
  /** Checked while it is tuned. */
  readonly look?: (tuned: Tuned) => Promise<void>;
}

/** The configuration of people's own is kept: its timeout is in force on what gunicorn says of itself. */
const timeoutIs = (seconds: number) => async (tuned: Tuned) => {
  const main = "$(systemctl show -P MainPID gunicorn)";
  const line = `cd /srv/site; eval "$(tr '\\0' '\\n' </proc/${main}/environ | sed -n 's/^GUNICORN_CMD_ARGS=\\(.*\\)/export GUNICORN_CMD_ARGS=\\x27\\1\\x27/p')"
    xargs -0 -a /proc/${main}/cmdline sh -c '"$@" --print-config' sh | sed -n 's/^timeout *= //p'`;
  expect((await tuned.root(line)).trim()).toBe(String(seconds));
};

/** Units as other people write them. */
export const TUNABLE: readonly Case[] = [
  {
    title: "without User=",
    service: "WorkingDirectory=/srv/site\n",
  },
  {
    title: "as root by name",
    more: true,
    service: "User=root\nWorkingDirectory=/srv/site\n",
  },
  {
    title: "as root, with gunicorn's own -u: the application is never root's",
    service: "WorkingDirectory=/srv/site\n",
    exec: `${EXEC} -u site -g site logged:application`,
    files: {
      "/srv/site/logged.py":
        'import logging\nlogging.getLogger().addHandler(logging.FileHandler("/var/site/app.log"))\nfrom mysite.wsgi import application\n',
    },
    look: async (tuned) =>
      expect(
        await tuned.root(
          "stat -c %U /var/site/app.log; find /srv/site -user root -name '*.pyc' -newer /run/kept-unit",
        ),
      ).toBe("site\n"),
  },
  {
    title: "variables by a file in a form of systemd's own",
    service: `${AS_SITE}EnvironmentFile=/etc/shop.env\n`,
    exec: "/usr/bin/gunicorn mysite.wsgi",
    files: {
      "/etc/shop.env": `MULTI="one\nGUNICORN_CMD_ARGS=--no-such\nthree"\nGUNICORN_CMD_ARGS=-b ${BIND} \\\n  -t 77\n`,
    },
    look: timeoutIs(77),
  },
  {
    title: "variables by a pattern of files",
    more: true,
    service: `${AS_SITE}EnvironmentFile=/etc/shop/*.env\n`,
    exec: "/usr/bin/gunicorn $OPTIONS mysite.wsgi",
    files: {
      "/etc/shop/a.env": `GUNICORN_CMD_ARGS = "-t 77"\n`,
      "/etc/shop/b.env": `OPTIONS=--bind ${BIND}\n`,
    },
    look: timeoutIs(77),
  },
  {
    title: "a drop-in that is read after ours and would win",
    files: {
      "/etc/systemd/system/gunicorn.service.d/override.conf":
        "[Service]\nEnvironmentFile=/etc/shop.env\nTimeoutStopSec=7\n",
      "/etc/shop.env": "GUNICORN_CMD_ARGS=-t 77\n",
    },
    look: timeoutIs(77),
  },
  {
    title: "a drop-in that is read after ours and would not",
    more: true,
    files: {
      "/etc/systemd/system/gunicorn.service.d/override.conf":
        '[Service]\nEnvironment="GUNICORN_CMD_ARGS=-t 77"\nUMask=0027\n',
    },
    look: timeoutIs(77),
  },
  ...[
    ["--config python:conf.shop", "/srv/site/conf/shop.py"],
    ["--config file:conf/shop.py", "/srv/site/conf/shop.py"],
    ["-c=conf/shop.py", "/srv/site/conf/shop.py"],
    ["", "/srv/site/gunicorn.conf.py"],
  ].map(([words = "", path = ""], index) => ({
    ...(index > 0 && { more: true as const }),
    title: `a configuration by ${words || "its name alone"}`,
    service: `${AS_SITE}Environment="GUNICORN_CMD_ARGS=${words} -t 77"\n`,
    exec: "/usr/bin/gunicorn mysite.wsgi",
    files: { [path]: `bind = "${BIND}"\ntimeout = 60\nloglevel = "warning"\n` },
    look: timeoutIs(77),
  })),
  {
    title: "a configuration that changes its folder",
    service: "Type=notify\nUser=site\nWorkingDirectory=/srv\n",
    exec: "/usr/bin/gunicorn -c site/own.conf.py mysite.wsgi",
    files: { "/srv/site/own.conf.py": `bind = "${BIND}"\nchdir = "/srv/site"\n` },
  },
  {
    title: "a folder by --chdir, from another one",
    more: true,
    service: "Type=notify\nUser=site\nWorkingDirectory=/srv\n",
    exec: `${EXEC} --chdir site mysite.wsgi`,
  },
  {
    title: "python -u -m gunicorn, and what systemd would take for a variable",
    exec: `/usr/bin/python3 -u -m gunicorn --bind ${BIND} --access-logformat '%%(h)s $$x' mysite.wsgi`,
  },
  {
    title: "gunicorn by its module, and -w=1",
    more: true,
    exec: `/usr/bin/env FOO=bar python3 -m gunicorn.app.wsgiapp -b ${BIND} mysite.wsgi`,
  },
  {
    title: "by a script",
    exec: "/srv/site/run.sh",
    files: {
      "/srv/site/run.sh": `#!/bin/bash\nexport SHOP=open\ncd /srv/site\nexec gunicorn -b ${BIND} \\\n  mysite.wsgi\n`,
    },
  },
  {
    title: "by a script that stays above it",
    exec: "/srv/site/run.sh",
    service: `${AS_SITE}NotifyAccess=all\n`,
    files: { "/srv/site/run.sh": `#!/bin/sh\ngunicorn -b ${BIND} -t 77 mysite.wsgi\necho ended\n` },
  },
  {
    title: "by a script that goes to its folder, from where gunicorn goes on by itself",
    more: true,
    exec: "/srv/site/run.sh",
    service: "Type=notify\nUser=site\nWorkingDirectory=/\n",
    files: { "/srv/site/run.sh": `#!/bin/sh\ncd /srv\nexec gunicorn -b ${BIND} --chdir site mysite.wsgi\n` },
  },
  ...[
    "/usr/bin/timeout 100d /usr/bin/gunicorn",
    "/usr/bin/setpriv --reuid=site --regid=site --clear-groups /usr/bin/gunicorn",
    "/usr/sbin/runuser -u site -- /usr/bin/gunicorn",
    "/srv/site/start with gunicorn",
  ].map((launcher, index) => ({
    title: `by a launcher: ${launcher}`,
    ...(index !== 1 && { more: true as const }),
    service: "WorkingDirectory=/srv/site\nRuntimeDirectoryMode=0777\n",
    exec: `${launcher} --bind ${BIND} -t 77 mysite.wsgi`,
    files: {
      "/srv/site/start":
        '#!/usr/bin/perl\nshift @ARGV; $( = $) = getgrnam "site"; $< = $> = getpwnam "site"; system @ARGV;\n',
    },
  })),
  {
    title: "a user of systemd's making, with folders of its own",
    service:
      "Type=notify\nDynamicUser=yes\nWorkingDirectory=/srv/site\nStateDirectory=shop\nStateDirectoryMode=0700\nCacheDirectory=shop/pages\nLogsDirectory=shop\n",
    exec: `${EXEC} logged:application`,
    files: {
      "/srv/site/logged.py": `import logging, os
for kind in "STATE", "CACHE", "LOGS":
    open(os.environ[kind + "_DIRECTORY"] + "/app", "a").close()
os.chmod(os.environ["STATE_DIRECTORY"] + "/app", 0o600)
from mysite.wsgi import application
`,
    },
    tidy: "rm -rf /var/lib/shop /var/lib/private/shop /var/cache/shop /var/cache/private /var/log/shop /var/log/private /run/private",
  },
  {
    title: "a /tmp, CPUs and a network of its own, and no folder in memory",
    service: `${AS_SITE}PrivateTmp=yes\nPrivateNetwork=yes\nCPUAffinity=0\nInaccessiblePaths=/dev/shm\nExecStartPre=/usr/bin/touch /tmp/needed\n`,
    exec: `${EXEC} needs:application`,
    files: { "/srv/site/needs.py": 'open("/tmp/needed").close()\nfrom mysite.wsgi import application\n' },
    workers: 3,
  },
  {
    title: "options cut short, and values that are others at each start",
    exec: `${EXEC} --conf own.py mysite.wsgi`,
    files: {
      "/srv/site/own.py": `import os, time
raw_env = [f"STARTED={time.time()}", f"BY={os.getpid()}", f"OF={ {'a', 'b', 'c', 'd'} }"]
logconfig_dict = {"version": 1, "x": object()}
timeout = 77
`,
    },
    look: timeoutIs(77),
  },
  {
    title: "limits of its own, and of its slice",
    service: `${AS_SITE}CPUQuota=150%\nSlice=sites.slice\n`,
    files: { "/etc/systemd/system/sites.slice": "[Slice]\nCPUQuota=80%\n" },
    workers: 3,
    tidy: "systemctl stop sites.slice",
  },
  {
    title: "gunicorn in the background, with a file that says its number",
    service: "Type=forking\nPIDFile=/run/gunicorn/pid\nUser=site\nWorkingDirectory=/srv/site\n",
    exec: `${EXEC} --daemon --pid /run/gunicorn/pid mysite.wsgi`,
  },
  {
    title: "gunicorn in the background, by its configuration",
    more: true,
    service: "Type=forking\nPIDFile=/run/gunicorn/pid\nUser=site\nWorkingDirectory=/srv/site\n",
    exec: `${EXEC} mysite.wsgi`,
    files: { "/srv/site/gunicorn.conf.py": 'daemon = True\npidfile = "/run/gunicorn/pid"\n' },
  },
  {
    title: "a start that takes longer than systemd lets others take",
    more: true,
    service: `${AS_SITE}TimeoutStartSec=1200\nExecStartPre=/bin/sleep 100\n`,
    minutes: 10,
  },
  {
    title: "a limit of memory of its own",
    service: `${AS_SITE}MemoryMax=600M\n`,
    workers: 2,
  },
  {
    title: "CPUs of its own",
    more: true,
    service: `${AS_SITE}AllowedCPUs=0\n`,
    workers: 3,
  },
  {
    title: "a drop-in by a link that is read after ours and would win, and another name for its time to stop",
    prepare: "ln -sf /etc/shop/o.conf /etc/systemd/system/gunicorn.service.d/override.conf",
    tidy: "rm -rf /etc/systemd/system/gunicorn.service.d; systemctl daemon-reload",
    files: {
      "/etc/systemd/system/gunicorn.service.d/10-own.conf": "[Service]\nUMask=0022\n",
      "/etc/shop/o.conf": "[Service]\nEnvironmentFile=/etc/shop.env\nTimeoutSec=7\n",
      "/etc/shop.env": "GUNICORN_CMD_ARGS=-t 77\n",
    },
    look: timeoutIs(77),
  },
  {
    title:
      "a folder of its own in a file system that is closed, and calls of the system that fail instead of killing",
    service: `${AS_SITE}LogsDirectory=shop\nPrivateTmp=yes\nProtectSystem=strict\nSystemCallFilter=~setpriority\nSystemCallErrorNumber=EPERM\n`,
    exec: `${EXEC} logged:application`,
    files: {
      "/srv/site/logged.py": `import logging, os
logging.getLogger().addHandler(logging.FileHandler(os.environ["LOGS_DIRECTORY"] + "/app.log"))
try:
    os.setpriority(os.PRIO_PROCESS, 0, 1)
except PermissionError:
    pass
from mysite.wsgi import application
`,
    },
    tidy: "rm -rf /var/log/shop",
  },
  {
    title: "a place of its own for its workers' signs of life",
    exec: `${EXEC} --worker-tmp-dir /run/gunicorn mysite.wsgi`,
    look: async (tuned) =>
      expect(await tuned.root("heavyload status --json | grep -A5 worker_tmp_dir")).toContain(
        "/run/gunicorn",
      ),
  },
  ...[
    "import multiprocessing, time\ndef when_ready(server): multiprocessing.Process(target=time.sleep, args=(1000,), daemon=True).start()\n",
    'import subprocess\ndef on_starting(server): server.x = subprocess.Popen(["/usr/bin/python3", "-c", "import time; time.sleep(1000)"])\n',
    "import multiprocessing\nmanager = multiprocessing.Manager()\n",
  ].map((text, index) => ({
    title: `a helper of Python's, ${index + 1}`,
    ...(index !== 1 && { more: true as const }),
    exec: `${EXEC} mysite.wsgi`,
    files: { "/srv/site/gunicorn.conf.py": text },
    helpers: 1,
    minutes: 3, // one that is forked hears no SIGTERM: systemd waits for it
  })),
  {
    title: "a helper that its configuration starts",
    exec: `${EXEC} mysite.wsgi`,
    files: {
      "/srv/site/gunicorn.conf.py":
        'import subprocess\ndef on_starting(server):\n    server.ticker = subprocess.Popen(["sleep", "1000"])\n',
    },
  },
];
