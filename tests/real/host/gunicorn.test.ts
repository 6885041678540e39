import { describe, expect, test } from "@jest/globals";
import { LOWER } from "../../../lab/drive/load";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { ANSWERS, succeeded, type Tuned } from "../../../lab/drive/tuned";

const UNIT = "/etc/systemd/system/gunicorn.service";
const OWN_CONF = "/srv/site/gunicorn.conf.py";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

const main = async (): Promise<string> => (await tuned.root("systemctl show -P MainPID gunicorn")).trim();
const workers = async (): Promise<number> =>
  await tuned.root("pgrep -cP $(systemctl show -P MainPID gunicorn)").then(Number);
const queue = async (): Promise<string> =>
  (await tuned.root("ss -lxnH | grep /run/gunicorn/site.sock")).split(/\s+/)[3] ?? "";

/** What gunicorn itself makes of the running master's environment. */
const configured = (name: string): Promise<string> =>
  tuned.root(
    `cd /srv/site; pid=$(systemctl show -P MainPID gunicorn)
     args=$(tr '\\0' '\\n' </proc/$pid/environ | sed -n s/^GUNICORN_CMD_ARGS=//p)
     GUNICORN_CMD_ARGS="$args" gunicorn --print-config $(tr '\\0' ' ' </proc/$pid/cmdline | cut -d' ' -f3-) |
     sed -n 's/^${name} *= //p'`,
  );

async function refused(prepare: string, mend: string): Promise<string> {
  await tuned.root(prepare);
  try {
    const done = await tuned.apply("gunicorn");
    expect(done.code).not.toBe(0);
    expect(
      await tuned.root("ls -d /etc/heavyload /etc/systemd/system/gunicorn.service.d 2>&1 || true"),
    ).not.toMatch(/^\//m);
    return done.stderr;
  } finally {
    await tuned.root(mend);
  }
}

const RESTART = `systemctl daemon-reload; systemctl restart gunicorn; ${ANSWERS}`;
const exec = (extra: string): string =>
  `cp ${UNIT} /run/unit; sed -i 's|^ExecStart=.*|ExecStart=/usr/bin/gunicorn --bind unix:/run/gunicorn/site.sock ${extra} mysite.wsgi|' ${UNIT}; ${RESTART}`;
const unexec = `cp /run/unit ${UNIT}; ${RESTART}`;

describe("gunicorn's step", () => {
  test(
    "names the gap of its one restart, changes tiers without another, and goes back as it was",
    async () => {
      await tuned.up("kernel");
      const first = succeeded(await tuned.apply("gunicorn"));
      expect(first.stderr).toContain("gunicorn.service is restarted, and no socket unit holds its queue");
      const master = await main();
      expect([await workers(), await queue()]).toEqual([2 * (await tuned.cpus()) + 1, "10000"]);
      expect(succeeded(await tuned.apply("gunicorn")).stdout).toContain("settings wanted, 0 changed");
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");

      const lower = tuned.with({ wish: LOWER });
      succeeded(await lower.apply("gunicorn"));
      expect([await main(), await workers(), await queue()]).toEqual([master, 4, "2048"]);

      for (const step of ["gunicorn", "kernel", "host"]) succeeded(await tuned.restore(step));
      expect([await workers(), await queue()]).toEqual([1, "2048"]);
      expect(await host.untouched()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    "is taken back when it is killed right after the files were switched",
    async () => {
      await tuned.install("gunicorn");
      expect((await tuned.faulty("kill", "gunicorn")).code).not.toBe(0);
      succeeded(await tuned.restore("host"));
      expect([await workers(), await queue()]).toEqual([1, "2048"]);
      expect(await host.untouched()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    "keeps the configuration that people have: in the folder, and named on the command line",
    async () => {
      const most = 2 * (await tuned.cpus()) + 1;
      await tuned.up("kernel");
      await tuned.root(`printf 'timeout = 77\\nworkers = 2\\n' >${OWN_CONF}`);
      try {
        succeeded(await tuned.apply("gunicorn"));
        expect([await configured("timeout"), await configured("workers")]).toEqual(["77\n", `${most}\n`]);
        succeeded(await tuned.restore("gunicorn"));
        expect(await workers()).toBe(2);

        await tuned.root(`mv ${OWN_CONF} /etc/own.py; ${exec("-c /etc/own.py")}`);
        succeeded(await tuned.apply("gunicorn"));
        expect([await configured("timeout"), await configured("workers")]).toEqual(["77\n", `${most}\n`]);
        expect([await workers(), await queue()]).toEqual([most, "10000"]);
        succeeded(await tuned.restore("gunicorn"));
        expect(await workers()).toBe(2);
      } finally {
        await tuned.root(`rm -rf ${OWN_CONF} /etc/own.py /etc/__pycache__ /srv/site/__pycache__; ${unexec}`);
      }
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    8 * MINUTES,
  );
});

test(
  "what stands in its way is named, and nothing is changed: its command line, an application that does not load",
  async () => {
    await tuned.up("kernel");
    const fixed = await refused(exec("--workers 3"), unexec);
    expect(fixed).toContain(
      `gunicorn.workers: wanted ${2 * (await tuned.cpus()) + 1}, found --workers 3 (the command line of gunicorn.service)`,
    );

    const broken = await refused(
      "cp -a /srv/site/mysite/urls.py /run; echo 'import nothing_like_it' >>/srv/site/mysite/wsgi.py",
      "sed -i '$d' /srv/site/mysite/wsgi.py",
    );
    expect(broken).toContain("a configuration and an application that load");
    expect(broken).toContain("No module named 'nothing_like_it'");

    const stopped = await refused("systemctl stop gunicorn", `systemctl start gunicorn; ${ANSWERS}`);
    expect(stopped).toContain("gunicorn: wanted a running gunicorn, found a stopped one (gunicorn.service)");
    for (const step of ["kernel", "host"]) succeeded(await tuned.restore(step));
    expect(await host.untouched()).toEqual([]);
  },
  6 * MINUTES,
);
