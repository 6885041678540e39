import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tuned } from "../../lab/drive/tuned";
import type { LoadNetwork } from "../../lab/load/network";
import { TARGET, TARGET_PREFIX } from "../../lab/load/target";
import type { Machine } from "../../lab/machine";
import { ensurePackages, installPackages } from "../../lab/packages";
import type { Say } from "../../lab/progress";
import { must } from "../../lab/run";
import { forgotten } from "../host/rest";

/** Asks the database to wait so long. Unit: milliseconds. */
export const queryFor = (milliseconds: number): string => `/query?ms=${milliseconds}`;

const SYSTEM_USER = "postgres";
/** No superuser, for whom the server keeps connections back. */
const USER = "site";
const PROGRAMS = "/usr/lib/postgresql";
const READY = "ready to accept connections";
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
  if (!existsSync(PROGRAMS)) await installPackages(say, ["postgresql"]);
  const host = new Tuned(machine);
  const python = (await host.root("python3 -c 'import sys; print(*sys.version_info[:2], sep=\".\")'")).trim();
  const folder = mkdtempSync(join(tmpdir(), "heavyload-driver-"));
  try {
    const wanted = ["--only-binary=:all:", "--no-deps", "--python-version", python, "--dest", folder];
    await must("pip3", ["download", "--quiet", "--disable-pip-version-check", ...wanted, DRIVER]);
    const [wheel = ""] = readdirSync(folder);
    const text = readFileSync(join(folder, wheel)).toString("base64");
    await host.root(
      `base64 -d >/tmp/driver.whl && python3 -m zipfile -e /tmp/driver.whl ${SITE} && chmod -R a+rX ${SITE}`,
      text,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await host.root(`cat >${SITE}/mysite/database.py`, VIEW);
  await host.root(`cat >>${SITE}/mysite/urls.py`, URLS);
  await host.root(`cat >>${SITE}/mysite/settings.py`, settingsFor(addressOf(network)));
  await forgotten(machine); // begun anew it knows the page
}

const addressOf = ({ sources: [address = ""] }: LoadNetwork): string => address;

/** PostgreSQL on this end of the load's network, with as many connections and no more, as long as the work takes. */
export async function withDatabase<T>(
  network: LoadNetwork,
  connections: number,
  work: () => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "heavyload-database-"));
  try {
    await must("chown", [SYSTEM_USER, folder]);
    const [version = ""] = readdirSync(PROGRAMS).sort().reverse();
    const programs = join(PROGRAMS, version, "bin");
    const data = join(folder, "data");
    await must("setpriv", asUser(join(programs, "initdb"), "--no-sync", "--auth=trust", "--pgdata", data));
    await must("setpriv", asUser(join(programs, "postgres"), "--single", "-D", data, "postgres"), {
      input: `create role ${USER} login\n`,
    });
    appendFileSync(join(data, "pg_hba.conf"), `host all all ${TARGET}/${TARGET_PREFIX} trust\n`);
    const given = {
      listen_addresses: addressOf(network),
      unix_socket_directories: "",
      max_connections: connections,
      fsync: "off",
    };
    const words = Object.entries(given).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = spawn(
      ...network.inside("setpriv", asUser(join(programs, "postgres"), "-D", data, ...words)),
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const ended = once(server, "close");
    try {
      await readyOf(server);
      return await work();
    } finally {
      server.kill("SIGINT"); // "fast": it ends connections itself
      const timer = setTimeout(() => server.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const asUser = (...command: readonly string[]): string[] => [
  ...[`--reuid=${SYSTEM_USER}`, `--regid=${SYSTEM_USER}`, "--clear-groups", "--pdeathsig=QUIT"],
  ...command,
];

function readyOf(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr?.on("data", (data: Buffer) => {
      if (said.includes(READY)) return; // it says much of each connection that it refuses
      said += data.toString();
      if (said.includes(READY)) resolve();
    });
    server.once("close", () => reject(new Error(`PostgreSQL ended: ${said}`)));
    server.once("error", reject);
  });
}
