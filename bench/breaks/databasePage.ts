import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Tuned } from "../../lab/drive/tuned";
import type { LoadNetwork } from "../../lab/load/network";
import type { Machine } from "../../lab/machine";
import { ensurePackages } from "../../lab/packages";
import type { Say } from "../../lab/progress";
import { must } from "../../lab/run";
import { Scratch } from "../../lab/scratch";
import { forgotten } from "../host/rest";
import { addressOf, USER } from "./database";

/** Asks the database to wait so long. Unit: milliseconds. */
export const queryFor = (milliseconds: number): string => `/query?ms=${milliseconds}`;

const SITE = "/srv/site";
const DRIVER = "psycopg2-binary==2.9.10";

const settingsFor = (host: string): string => `
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "${USER}", "HOST": "${host}"}}
`;
const URLS = `
from mysite import database
urlpatterns.append(path("query", database.query))
`;
const VIEW = `
from django.db import connection
from django.http import JsonResponse

def query(request):
    ms = int(request.GET["ms"])
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(%s)", [ms / 1000])
    return JsonResponse({"waitedMs": ms})
`;

/** Gives a machine's site a page that asks PostgreSQL, as Django does where nobody says otherwise: a connection a request. */
export async function askingDatabase(machine: Machine, network: LoadNetwork, say: Say): Promise<void> {
  await ensurePackages(say, [{ program: "pip3", package: "python3-pip" }]);
  const host = new Tuned(machine);
  const python = (await host.root("python3 -c 'import sys; print(*sys.version_info[:2], sep=\".\")'")).trim();
  const scratch = new Scratch("driver");
  try {
    const wanted = ["--only-binary=:all:", "--no-deps", "--python-version", python, "--dest", scratch.path];
    await must("pip3", ["download", "--quiet", "--disable-pip-version-check", ...wanted, DRIVER]);
    const [wheel = ""] = readdirSync(scratch.path);
    const text = readFileSync(join(scratch.path, wheel)).toString("base64");
    await host.root(
      `base64 -d >/tmp/driver.whl && python3 -m zipfile -e /tmp/driver.whl ${SITE} && chmod -R a+rX ${SITE}`,
      text,
    );
  } finally {
    scratch.remove();
  }
  await host.root(`cat >${SITE}/mysite/database.py`, VIEW);
  await host.root(`cat >>${SITE}/mysite/urls.py`, URLS);
  await host.root(`cat >>${SITE}/mysite/settings.py`, settingsFor(addressOf(network)));
  await forgotten(machine); // begun anew it knows the page
}
