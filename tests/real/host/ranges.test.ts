// The ends of each entry's range, tried where they count: by `nginx -t` and by gunicorn. The kernel's: ../kernel.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { SETTINGS } from "../../../components/tuning/concerns";
import { MINUTES, Pristine } from "../pristine";
import { ends } from "../ranges";
import { quoted, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

beforeAll(async () => {
  host = await Pristine.boot();
  tuned = host.tuned;
}, 10 * MINUTES);

/** The test is a guest too: nothing of it may stay for those that compare. */
afterAll(async () => {
  await tuned.root("rm -rf /run/heavyload-ranges");
  expect(await host.untouched()).toEqual([]);
  await host.remove();
}, MINUTES);

/** A directive of nginx by its entry's name, and the value as nginx writes it. */
function nginxConfiguration(end: 0 | 1): string {
  const value = new Map(SETTINGS.map((setting) => [setting.name, ends(setting)[end]]));
  const of = (name: string): string => value.get(`nginx.${name}`) ?? "";
  const plain = ["keepalive_requests", "types_hash_max_size", "sendfile", "tcp_nopush", "tcp_nodelay"];
  const seconds = ["keepalive_timeout", "client_header_timeout", "client_body_timeout", "send_timeout"];
  return `
    user www-data;
    worker_processes ${of("worker_processes")};
    worker_rlimit_nofile ${of("worker_rlimit_nofile")};
    events { worker_connections ${of("worker_connections")}; }
    http {
      ${plain.map((name) => `${name} ${of(name)};`).join(" ")}
      ${seconds.map((name) => `${name} ${of(name)}s;`).join(" ")}
      reset_timedout_connection ${of("reset_timedout_connection")};
      access_log /run/heavyload-ranges/log combined buffer=${of("access_log.buffer")}k flush=5s;
      upstream app {
        server unix:/run/heavyload-ranges/socket;
      }
      server {
        listen 127.0.0.1:18080 backlog=${of("listen.backlog")} so_keepalive=${of("listen.so_keepalive")};
        location / { proxy_pass http://app; }
      }
    }`;
}

test.each([0, 1] as const)(
  "nginx takes end %d of every range",
  async (end) => {
    const used = SETTINGS.filter(({ concern }) => concern === "nginx").length;
    // A new directive must be tried above too; upstream.keepalive is written for nginx 1.29.7 and later alone.
    expect(used).toBe(17);
    const test =
      "mkdir -p /run/heavyload-ranges && cat >/run/heavyload-ranges/nginx.conf && nginx -t -c /run/heavyload-ranges/nginx.conf 2>&1";
    expect(await tuned.root(test, nginxConfiguration(end))).toContain("test is successful");
  },
  MINUTES,
);

test.each([0, 1] as const)(
  "gunicorn takes end %d of every range",
  async (end) => {
    const lines = SETTINGS.filter(
      ({ concern, name }) => concern === "gunicorn" && name !== "gunicorn.timeout_stop_sec", // of the unit
    ).map((setting) => {
      const value = ends(setting)[end];
      return `${setting.name.replace("gunicorn.", "")} = ${/^\d+$/.test(value) ? value : JSON.stringify(value)}`;
    });
    const app = "def app(environ, start): pass";
    const check = `mkdir -p /run/heavyload-ranges && cd /run/heavyload-ranges && cat >conf.py &&
      printf '%s\\n' ${quoted(app)} >site_app.py && gunicorn --print-config -c conf.py site_app:app`;
    const printed = await tuned.root(check, `${lines.join("\n")}\n`);
    for (const line of lines) {
      const [name = "", value = ""] = line.split(" = ");
      const shown = new RegExp(`^${name} += ${value.replaceAll('"', "").replaceAll(".", "\\.")}$`, "m");
      if (name !== "worker_class") expect(printed).toMatch(shown);
    }
  },
  MINUTES,
);
