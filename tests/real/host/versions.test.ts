// Versions of gunicorn that people have, from PyPI, and the classes of workers that they have chosen.
import { describe, expect, test } from "@jest/globals";
import { toStderr } from "../../../lab/progress";
import { ALL, testOfAll } from "../all";
import { LOWER } from "../../../lab/drive/load";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { installed } from "../pypi";
import { BIND as SITE, page, withUnit, type SiteUnit } from "../siteUnit";
import { programFolder, succeeded, type Tuned } from "../../../lab/drive/tuned";
import { Visitors } from "../visitors";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

const BIND = `--bind ${SITE}`;
/** The newest of all, whatever it is today, besides those that `npm test` has. */
const VERSIONS = ["23.0.0", ...(ALL ? ["20.1.0", "21.2.0", "25.3.0"] : []), ""];
const OPT = "/opt/gunicorn";

const requirements = (version: string): string[] => [
  version ? `gunicorn==${version}` : "gunicorn",
  ...(version.startsWith("20.") ? ["setuptools<80"] : []),
];

/** Has a site of other packages than the image's do something, and sees that nothing of it is left. */
async function withPackages(
  packages: readonly string[],
  unit: (gunicorn: string) => SiteUnit,
  act: () => Promise<void>,
): Promise<void> {
  const gunicorn = await installed(tuned, OPT, packages);
  try {
    await withUnit(tuned, unit(gunicorn), act);
  } finally {
    await tuned.root(`rm -rf ${OPT} /root/.gunicorn`);
  }
  expect(await host.untouched()).toEqual([]);
}

const workerClass = async (): Promise<string> => {
  const status = await tuned.root("heavyload status --json");
  const { settings } = JSON.parse(status) as { settings: { name: string; now: string }[] };
  return settings.find(({ name }) => name === "gunicorn.worker_class")?.now ?? "";
};

describe("gunicorn of PyPI", () => {
  test.each(VERSIONS.map((version) => [version || "the newest", version]))(
    "%s answers more visitors than it has threads, who keep their connections",
    async (_title, version) => {
      const unit = (gunicorn: string) => ({ exec: `${gunicorn} ${BIND} mysite.wsgi` });
      await withPackages(requirements(version), unit, async () => {
        await tuned.up("kernel", "gunicorn", "nginx");
        expect(await tuned.root("heavyload verify")).toContain(" 0 short");
        const { answers, longest } = await new Visitors(tuned, {
          visitors: 60,
          seconds: 10,
          path: "/wait?ms=50",
        }).visited;
        expect(Object.keys(answers)).toEqual(["200"]);
        expect(longest).toBeLessThan(10);
        await tuned.down("kernel", "gunicorn", "nginx");
        expect(await page(tuned)).toBe(200);
      });
    },
    2 * MINUTES,
  );
});

/** As the program on the host does it, so many times. A master that dies of one is started again, and counted. */
const RELOADS = 200;
const MANY = `import sys
sys.path.insert(0, sys.argv[1])
from heavyload import servers
for _ in range(${RELOADS}):
    servers.reload("gunicorn gunicorn.service")
`;

describe("gunicorn of PyPI, under load", () => {
  testOfAll.each(VERSIONS.map((version) => [version || "the newest", version]))(
    "%s is up after 200 reloads in a row",
    async (title, version) => {
      const unit = (gunicorn: string) => ({ exec: `${gunicorn} ${BIND} mysite.wsgi` });
      await withPackages(requirements(version), unit, async () => {
        await tuned.up("gunicorn");
        const visitors = new Visitors(tuned, { visitors: 4, seconds: 1_000, pause: 0.02 });
        const done = await tuned.root(`python3 - ${programFolder} 2>&1`, MANY);
        const died = (done.match(/died of the reload/g) ?? []).length;
        const { answers } = await visitors.leave();
        toStderr(`gunicorn ${title}: ${RELOADS} reloads, died of ${died}; ${JSON.stringify(answers)}`);
        expect([await page(tuned), await tuned.root("systemctl is-active gunicorn")]).toEqual([
          200,
          "active\n",
        ]);
        expect(await tuned.root("heavyload verify")).toContain(" 0 short");
        await tuned.down("gunicorn");
      });
    },
    20 * MINUTES,
  );
});

const ASGI = "/srv/site/asgi.py";
const FILES = {
  [ASGI]: `import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
from django.core.asgi import get_asgi_application
application = get_asgi_application()
`,
};
const UVICORN = ["gunicorn", "uvicorn", "uvicorn-worker"];

const chosen: readonly (readonly [string, readonly string[], string, Record<string, string>])[] = [
  [
    "uvicorn_worker.UvicornWorker",
    UVICORN,
    "asgi:application",
    { ...FILES, "/srv/site/gunicorn.conf.py": 'worker_class = "uvicorn_worker.UvicornWorker"\n' },
  ],
  ["asgi", ["gunicorn"], "-k asgi asgi:application", FILES],
  ["sync", ["gunicorn"], "mysite.wsgi", { "/srv/site/gunicorn.conf.py": 'worker_class = "sync"\n' }],
  ["gthread", ["gunicorn"], "-k gthread mysite.wsgi", {}],
  ["gevent", ["gunicorn", "gevent", "packaging"], "-k gevent mysite.wsgi", {}],
];
const more: typeof chosen = [
  ["uvicorn.workers.UvicornWorker", UVICORN, "-k uvicorn.workers.UvicornWorker asgi:application", FILES],
  ["uvicorn_worker.UvicornH11Worker", UVICORN, "-k uvicorn_worker.UvicornH11Worker asgi:application", FILES],
  ["eventlet", ["gunicorn==23.0.0", "eventlet"], "-k eventlet mysite.wsgi", {}],
  ["tornado", ["gunicorn", "tornado"], "-k tornado mysite.wsgi", {}],
  [
    "aiohttp.GunicornWebWorker",
    ["gunicorn", "aiohttp"],
    "-k aiohttp.GunicornWebWorker pages:site",
    {
      "/srv/site/pages.py": `from aiohttp import web
async def page(request): return web.Response(text="a page")
async def site():
    application = web.Application()
    application.router.add_get("/", page)
    return application
`,
    },
  ],
  [
    "own.Worker",
    ["gunicorn"],
    "-k own.Worker mysite.wsgi",
    {
      "/srv/site/own.py":
        "from gunicorn.workers.gthread import ThreadWorker\nclass Worker(ThreadWorker): pass\n",
    },
  ],
];

describe("a class of workers that the site has chosen", () => {
  test.each([...chosen, ...(ALL ? more : [])])(
    "%s stays, and answers",
    async (name, packages, words, files) => {
      const unit = (gunicorn: string) => ({ exec: `${gunicorn} ${BIND} ${words}`, files });
      await withPackages(packages, unit, async () => {
        await tuned.install();
        const done = succeeded(await tuned.apply("gunicorn"));
        if (name !== "gthread")
          expect(done.stderr).toContain(`worker_class ${name} is the site's own choice and stays`);
        expect([await workerClass(), await page(tuned)]).toEqual([name, 200]);
        expect(await tuned.root("heavyload verify")).toContain(" 0 short");
        await tuned.down("gunicorn");
        expect(await page(tuned)).toBe(200);
      });
    },
    2 * MINUTES,
  );
});

const BESIDE: readonly (readonly [string, Record<string, string>, string])[] = [
  ["a control socket in a home that can be written", {}, "Environment=HOME=/var/site\n"],
  [
    "dirty workers",
    {
      "/srv/site/tasks.py": `from gunicorn.dirty.app import DirtyApp
class Tasks(DirtyApp):
    def init(self): pass
    def __call__(self, action, *words, **more): return getattr(self, action)(*words, **more)
    def close(self): pass
`,
      "/srv/site/gunicorn.conf.py": 'dirty_apps = ["tasks:Tasks"]\ndirty_workers = 1\n',
    },
    "",
  ],
];

/** Tuned, tuned otherwise by a reload, and back. */
async function thereAndBack(): Promise<void> {
  await tuned.up("gunicorn");
  succeeded(await tuned.with({ wish: LOWER }).apply("gunicorn"));
  expect(await tuned.root("heavyload verify")).toContain(" 0 short");
  await tuned.down("gunicorn");
  expect(await page(tuned)).toBe(200);
}

describe("what gunicorn has beside its workers is not counted:", () => {
  test.each(BESIDE)(
    "%s",
    async (_title, files, line) => {
      const service = `Type=notify\nUser=site\nWorkingDirectory=/srv/site\n${line}`;
      const unit = (gunicorn: string) => ({ service, files, exec: `${gunicorn} ${BIND} mysite.wsgi` });
      await withPackages(["gunicorn"], unit, thereAndBack);
    },
    2 * MINUTES,
  );
});

test(
  "with setproctitle, which leaves nothing of its command line and variables to read, and a secret that it needs",
  async () => {
    const packages = ["gunicorn==23.0.0", "setproctitle"];
    const service = "Type=notify\nUser=site\nWorkingDirectory=/srv/site\nEnvironment=SHOP_KEY=abc\n";
    const files = {
      "/srv/site/keyed.py": 'import os\nos.environ["SHOP_KEY"]\nfrom mysite.wsgi import application\n',
    };
    const unit = (gunicorn: string) => ({ service, files, exec: `${gunicorn} ${BIND} keyed:application` });
    await withPackages(packages, unit, async () => {
      const main = "$(systemctl show -P MainPID gunicorn)";
      expect(await tuned.root(`tr '\\0' ' ' </proc/${main}/cmdline`)).toMatch(/^gunicorn: master/);
      await tuned.up("gunicorn");
      expect(await page(tuned)).toBe(200);
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      await tuned.down("gunicorn");
    });
  },
  2 * MINUTES,
);

test(
  "by uv run, which stays above it",
  async () => {
    const launcher = `${OPT}/bin/uv run --no-project --offline --no-cache --python /usr/bin/python3`;
    const service = "Type=notify\nNotifyAccess=all\nUser=site\nWorkingDirectory=/srv/site\n";
    const unit = (gunicorn: string) => ({ service, exec: `${launcher} ${gunicorn} ${BIND} mysite.wsgi` });
    await withPackages(["gunicorn", "uv"], unit, thereAndBack);
  },
  2 * MINUTES,
);
