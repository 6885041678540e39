import { describe, expect, test } from "@jest/globals";
import { stepsOf } from "../../../components/steps/steps";
import type { App } from "../../../components/tuning/app";
import { rebootMachine } from "../../../lab/machine";
import { toStderr } from "../../../lab/progress";
import { OPEN_FILES } from "../../../lab/drive/load";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

const SITE = "/etc/nginx/conf.d/heavyload-app.conf";
const SERVICE = "/etc/systemd/system/heavyload-app.service";
const ENVIRONMENT = "/etc/shop.env";
const APP: App = {
  wsgi: "mysite.wsgi",
  directory: "/srv/site",
  user: "site",
  serverNames: ["shop.test"],
  staticRoot: "/srv/site/static",
};

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned.with({ order: { app: APP } });
});

const withApp = (change: Partial<App>) => tuned.with({ order: { app: { ...APP, ...change } } });

/** The status of a page by the site's name. */
const status = async (path: string, name = "shop.test"): Promise<string> =>
  await tuned.root(
    `printf 'GET ${path} HTTP/1.0\\r\\nHost: ${name}\\r\\n\\r\\n' | python3 -c 'if 1:
     import socket, sys
     s = socket.create_connection(("127.0.0.1", 80)); s.sendall(sys.stdin.buffer.read())
     print(s.recv(100).split()[1].decode(), end="")'`,
  );

async function up(wanted: Tuned = tuned, ...steps: readonly string[]): Promise<void> {
  for (const step of steps.length > 0 ? steps : stepsOf(true)) succeeded(await wanted.apply(step));
}

async function down(): Promise<void> {
  for (const step of stepsOf(true)
    .filter((name) => name !== "report")
    .reverse())
    succeeded(await tuned.restore(step));
}

interface Row {
  readonly name: string;
  readonly now: string;
  readonly ok: boolean;
  readonly readFrom: string;
}
const rows = async (): Promise<readonly Row[]> =>
  (JSON.parse(await tuned.root("heavyload status --json")) as { settings: Row[] }).settings;

describe("an application that nobody has set up", () => {
  test(
    "is served and tuned beside the site that is there, holds after a reboot, and leaves nothing",
    async () => {
      await tuned.root(`printf '# for tests\\nSHOP_COLOUR=blue\\n' >${ENVIRONMENT}`);
      await up(withApp({ environmentFile: ENVIRONMENT }));
      expect([await status("/"), await status("/static/hello.txt"), await status("/", "other")]).toEqual(
        Array(3).fill("200"),
      );
      const found = await rows();
      expect(found.filter(({ ok }) => !ok)).toEqual([]);
      const cpus = await tuned.cpus();
      const workers = 2 * cpus + 1;
      const now = Object.fromEntries(found.map((row) => [row.name, row.now]));
      expect(now).toMatchObject({
        "app.user": "site",
        "app.wsgi": "mysite.wsgi",
        "app.environment_file": ENVIRONMENT,
        "app.answer": "HTTP 200",
        "app.server_names": "shop.test",
        "nofile.soft of heavyload-app.service": String(OPEN_FILES),
        "gunicorn.workers": String(workers),
        "gunicorn.backlog": "10000",
      });
      const queue = await tuned.root(
        "ss -lxnH | grep /run/heavyload-app.sock; stat -c '%U %a' /run/heavyload-app.sock",
      );
      expect(queue).toMatch(/LISTEN 0 +10000 [^]*\nwww-data 600\n/);

      await rebootMachine(host.machine, toStderr);
      expect(await status("/")).toBe("200");
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      for (const step of ["app", "gunicorn", "nginx"]) {
        const again = await withApp({ environmentFile: ENVIRONMENT }).apply(step);
        expect(succeeded(again).stdout).toContain(" 0 changed");
      }

      await down();
      await tuned.root(`rm ${ENVIRONMENT}`);
      expect(await host.untouched()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    "can change its name and its module; what others edit in its site stays, and is kept when it goes",
    async () => {
      await up(tuned, "host", "app", "nginx");
      const renamed = withApp({ serverNames: ["new.test"], wsgi: "mysite.wsgi:application" });
      await up(renamed, "app", "nginx");
      expect([await status("/", "new.test"), await tuned.root(`grep -c shop.test ${SITE} || true`)]).toEqual([
        "200",
        "0\n",
      ]);
      expect((await rows()).find(({ name }) => name === "app.wsgi")?.now).toBe("mysite.wsgi:application");

      await tuned.root(
        `sed -i 's/server_name new.test;/&\\n    add_header X-Edited yes;/' ${SITE}; systemctl reload nginx`,
      );
      await up(renamed, "nginx");
      expect(await tuned.root(`grep -c X-Edited ${SITE}`)).toBe("1\n");
      const refused = await tuned.apply("nginx");
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain(
        `app's site: wanted nothing, or the text we left, found another's text (${SITE})`,
      );

      const gone = succeeded(await renamed.restore("nginx"));
      expect(gone.stderr).toContain(`${SITE}: edited since; kept as ${SITE}.edited`);
      const kept = await tuned.root(`cat ${SITE}.edited; rm ${SITE}.edited; test ! -e ${SITE}`);
      expect(kept).toContain("X-Edited");
      expect(kept).not.toContain("backlog");
      await down();
      expect(await host.untouched()).toEqual([]);
    },
    8 * MINUTES,
  );

  test(
    "is refused before anything is touched when it would not work, all at once",
    async () => {
      await tuned.root("echo 'import nothing_like_it' >/srv/site/broken.py");
      const wrong = await withApp({
        user: "nobody-here",
        directory: "/srv/none",
        virtualenv: "/srv/venv",
        staticRoot: "/srv/static",
      }).apply("host");
      const broken = await withApp({ wsgi: "broken" }).apply("host");
      await tuned.root(`rm /srv/site/broken.py; printf '# mine\\n' >${SERVICE}`);
      const taken = await tuned.apply("host");
      await tuned.root(`rm ${SERVICE}; rm -rf /srv/site/__pycache__`);

      expect(wrong.stderr).toContain("4 problems, nothing was changed");
      for (const text of [
        "app.user: wanted nobody-here, found no such user",
        "app.directory: wanted /srv/none, found no such folder",
        "app.virtualenv: wanted /srv/venv/bin/gunicorn, found no gunicorn",
        "app.staticRoot: wanted /srv/static, found no such folder",
      ])
        expect(wrong.stderr).toContain(text);
      expect(broken.stderr).toMatch(/app.wsgi: wanted an application that loads, found .*nothing_like_it/);
      expect(broken.stderr).toContain("1 problem, nothing was changed");
      expect(taken.stderr).toContain(`${SERVICE}: wanted nothing, or the text we left, found another's text`);
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );

  test(
    "is taken back when its service does not come up, and when the change is killed in the middle",
    async () => {
      // Loads for whoever tries it, and fails once it is served.
      await tuned.root(
        `printf 'def application(environ, start):\\n    raise RuntimeError("no")\\n' >/srv/site/broken.py`,
      );
      await up(tuned, "host");
      const failing = await withApp({ wsgi: "broken" }).apply("app");
      await tuned.root("rm /srv/site/broken.py; rm -rf /srv/site/__pycache__");
      expect(failing.code).not.toBe(0);
      expect(failing.stderr).toContain("everything was put back");
      expect(failing.stderr).toContain("app.answer: wanted HTTP below 500, found HTTP 500");
      expect((await tuned.faulty("kill", "app")).code).not.toBe(0);
      succeeded(await tuned.restore("host"));
      expect(await tuned.root("systemctl list-units --all | grep -c heavyload-app || true")).toBe("0\n");
      expect(await host.untouched()).toEqual([]);
    },
    6 * MINUTES,
  );
});
