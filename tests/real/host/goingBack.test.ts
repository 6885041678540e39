// The way back is by what the records name: nothing that is gone, new, broken or down on the host blocks it.
import { expect, test } from "@jest/globals";
import { LOWER } from "../../../lab/drive/load";
import { MINUTES, SOMAXCONN, eachFromPristine, type Pristine } from "../pristine";
import { BIND, EXEC, page, withUnit } from "../siteUnit";
import { ANSWERS, succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

const UNIT = "/etc/systemd/system/gunicorn.service";
const AS_SITE = "Type=notify\nUser=site\nWorkingDirectory=/srv/site\n";

test(
  "gunicorn's unit has another name since, and a second one has come",
  async () => {
    await tuned.up("kernel", "gunicorn");
    await tuned.root(
      `cp ${UNIT} /run/gunicorn.service; systemctl stop gunicorn; mv ${UNIT} /etc/systemd/system/site.service
       sed 's/gunicorn\\/site.sock/gunicorn\\/blog.sock/; s/^Runtime.*//' /run/gunicorn.service >/etc/systemd/system/blog.service
       systemctl daemon-reload; systemctl start site blog; ${ANSWERS}`,
    );
    const status = await tuned.root("heavyload status");
    expect(status).toMatch(/NO +gunicorn +- +blog.service,/);
    expect(status).toMatch(/ok +net.core.somaxconn/);
    await tuned.down("kernel", "gunicorn");
    expect(await page(tuned)).toBe(200);
    expect(await tuned.root("ls -d /etc/heavyload /var/lib/heavyload 2>/dev/null || true")).toBe("");
    expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "4096" });
    await tuned.root(
      `systemctl stop site blog; rm /etc/systemd/system/site.service /etc/systemd/system/blog.service
       cp /run/gunicorn.service ${UNIT}; systemctl daemon-reload; systemctl start gunicorn; ${ANSWERS}`,
    );
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "a start that our settings would break leaves the site as it ran",
  async () => {
    const service = `${AS_SITE}ExecStartPre=/bin/sh -c 'test -z "$GUNICORN_CMD_ARGS"'\n`;
    await withUnit(tuned, { service }, async () => {
      await tuned.install();
      const done = await tuned.apply("gunicorn");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("everything was put back");
      expect(done.stderr).toContain("gunicorn.service was down and is started again");
      await tuned.root(ANSWERS);
      expect([await page(tuned), await tuned.root("systemctl is-active gunicorn")]).toEqual([
        200,
        "active\n",
      ]);
      succeeded(await tuned.restore("host"));
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "a site that does not start any more, whatever is done, is said to be down",
  async () => {
    const service = `${AS_SITE}ExecStartPre=/bin/sh -c '! test -e /run/broken'\n`;
    await withUnit(tuned, { service }, async () => {
      await tuned.install();
      await tuned.root("touch /run/broken");
      const done = await tuned.apply("gunicorn");
      expect(done.stderr).toContain("files and values were put back, and not all runs");
      expect(done.stderr).toContain("gunicorn.service: wanted to run as before");
      await tuned.root(`rm /run/broken; systemctl reset-failed; systemctl start gunicorn; ${ANSWERS}`);
      succeeded(await tuned.restore("host"));
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

const MAIN_THREAD_ALONE = `import os, threading
from django.core.wsgi import get_wsgi_application
django = get_wsgi_application()
def application(environ, start):
    alone = environ["PATH_INFO"] == os.environ["ALONE"]
    if alone and threading.current_thread() is not threading.main_thread():
        start("500 Server Error", [])
        return [b""]
    return django(environ, start)
`;

test.each([
  ["/", {}],
  ["/health", { healthPath: "/health" }],
])(
  "a page that is answered otherwise with our settings is named, and all goes back: %s",
  async (path, order) => {
    const was = path === "/" ? 200 : 404;
    const files = { "/srv/site/single.py": MAIN_THREAD_ALONE };
    const service = `${AS_SITE}Environment=DJANGO_SETTINGS_MODULE=mysite.settings ALONE=${path}\n`;
    await withUnit(tuned, { service, files, exec: `${EXEC} single:application` }, async () => {
      await tuned.install();
      const done = await tuned.with({ order }).apply("gunicorn");
      expect(done.stderr).toContain("everything was put back");
      expect(done.stderr).toContain(
        `a page of the site: wanted HTTP ${was}, as before, found HTTP 500 (GET ${path} for localhost on 127.0.0.1:80)`,
      );
      expect(await page(tuned, path)).toBe(was);
      succeeded(await tuned.restore("host"));
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "a script that says itself by now what ours has said does not hold the way back up",
  async () => {
    const script = (first: string): string => `#!/bin/sh\n${first}\nexec gunicorn -b ${BIND} mysite.wsgi\n`;
    const run = "/srv/site/run.sh";
    await withUnit(tuned, { exec: run, files: { [run]: script("cd /srv/site") } }, async () => {
      await tuned.install();
      succeeded(await tuned.apply("gunicorn"));
      await tuned.root(
        `cat >${run}; systemctl restart gunicorn; ${ANSWERS}`,
        script("export GUNICORN_CMD_ARGS='-t 50'"),
      );
      succeeded(await tuned.restore("gunicorn"));
      expect(await page(tuned)).toBe(200);
      succeeded(await tuned.restore("host"));
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "a gunicorn that dies of a reload runs again, with the new settings",
  async () => {
    const files = {
      "/srv/site/gunicorn.conf.py": "def on_reload(server):\n    import os\n    os._exit(255)\n",
    };
    await withUnit(tuned, { files, exec: `${EXEC} mysite.wsgi` }, async () => {
      await tuned.install();
      succeeded(await tuned.apply("gunicorn"));
      const lower = succeeded(await tuned.with({ wish: LOWER }).apply("gunicorn"));
      expect(lower.stderr).toContain("gunicorn.service died of the reload (exit-code) and is started again");
      expect(await page(tuned)).toBe(200);
      expect(await tuned.root("pgrep -cP $(systemctl show -P MainPID gunicorn)")).toBe("4\n");
      await tuned.down("gunicorn");
      expect(await page(tuned)).toBe(200);
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "nginx's file half written at that moment holds up nginx's settings alone, and only until it is whole",
  async () => {
    const conf = "/etc/nginx/nginx.conf";
    await tuned.up("kernel", "gunicorn", "nginx");
    await tuned.root(`cp -a ${conf} /run/whole; sed -i 's/http {/http/' ${conf}`);
    const half = await tuned.restore("host");
    expect(half.code).not.toBe(0);
    expect(half.stderr).toMatch(/all else went back:\n.*\/etc\/nginx\/nginx.conf: wanted .* found line \d+/);
    expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "4096" });
    expect(await tuned.root("ls /etc/heavyload 2>/dev/null || true")).toBe("");
    await tuned.root(`cp -a /run/whole ${conf}`);
    succeeded(await tuned.restore("host"));
    await tuned.root(ANSWERS);
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "an application that loads no more is not stopped by the way back: gunicorn waits for it, all else goes back",
  async () => {
    await tuned.up("kernel", "gunicorn", "nginx");
    const file = "/srv/site/mysite/wsgi.py";
    await tuned.root(`cp -a ${file} /run/whole.py; echo 'import nowhere' >>${file}`);
    const stuck = await tuned.restore("host");
    expect([stuck.code, await page(tuned)]).toEqual([1, 200]);
    expect(stuck.stderr).toMatch(
      /all else went back:\n.*gunicorn: wanted an application that loads, found .*nowhere/,
    );
    expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "4096" });
    await tuned.root(`cp -a /run/whole.py ${file}; rm /run/whole.py`);
    succeeded(await tuned.restore("host"));
    await tuned.root(ANSWERS);
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "a start that fails on the way back is said, and stops nothing of the rest",
  async () => {
    const service = `${AS_SITE}ExecStartPre=/bin/sh -c '! test -e /run/broken'\n`;
    await withUnit(tuned, { service }, async () => {
      await tuned.up("kernel", "gunicorn");
      await tuned.root("touch /run/broken");
      const back = succeeded(await tuned.restore("host"));
      expect(back.stderr).toContain(
        "gunicorn's workers: wanted new ones that stay, found Job for gunicorn.service failed",
      );
      expect(await tuned.root("ls -d /etc/heavyload /var/lib/heavyload 2>/dev/null || true")).toBe("");
      expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "4096" });
      await tuned.root(`rm /run/broken; systemctl reset-failed; systemctl start gunicorn; ${ANSWERS}`);
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "what others have broken of nginx's files does not hold its settings up, and nginx serves on",
  async () => {
    const file = "/etc/nginx/conf.d/broken.conf";
    await tuned.up("kernel", "gunicorn", "nginx");
    await tuned.root(`echo 'no_such_directive on;' >${file}`);
    const back = succeeded(await tuned.restore("host"));
    expect(back.stderr).toMatch(/nginx takes its files no more \(.*no_such_directive/);
    expect(await page(tuned)).toBe(200);
    await tuned.root(`rm ${file}; systemctl reload nginx; ${ANSWERS}`);
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "an own file's second name and a file in the place of its folder hold nothing up",
  async () => {
    await tuned.up("kernel", "gunicorn");
    await tuned.root("ln /etc/heavyload/gunicorn.conf.py /root/backup.py");
    await tuned.down("gunicorn");
    expect(await tuned.root("stat -c %h /root/backup.py && rm /root/backup.py")).toBe("1\n");
    await tuned.up("gunicorn");
    const folder = "/etc/systemd/system/gunicorn.service.d";
    await tuned.root(`rm -r ${folder}; echo x >${folder}`);
    succeeded(await tuned.restore("host"));
    expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "4096" });
    await tuned.root(
      `cat ${folder} && rm ${folder}; systemctl daemon-reload; systemctl restart gunicorn; ${ANSWERS}`,
    );
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "a gunicorn that could not start again, or is to be something else, is not ended by the way back",
  async () => {
    const service = `${AS_SITE}EnvironmentFile=/etc/shop.env\n`;
    await withUnit(tuned, { service, files: { "/etc/shop.env": "A=b\n" } }, async () => {
      await tuned.up("gunicorn");
      await tuned.root("mv /etc/shop.env /run/shop.env");
      const stuck = await tuned.restore("gunicorn");
      expect([stuck.code, await page(tuned)]).toEqual([1, 200]);
      expect(stuck.stderr).toContain("Mend it, or stop the service");
      await tuned.root(`mv /run/shop.env /etc/shop.env
        sed -i 's/^ExecStart=.*/ExecStart=\\/bin\\/sleep 1000/' ${UNIT}; systemctl daemon-reload`);
      const back = succeeded(await tuned.restore("host"));
      expect(back.stderr).toContain("is to run something else by now");
      expect(await page(tuned)).toBe(200);
    });
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);
