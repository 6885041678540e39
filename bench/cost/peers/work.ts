import type { Report, ReportedSetting } from "../../../components/tuning/report";
import { SETTINGS } from "../../../components/tuning/concerns";

/** What a peer is given to write: the values that heavyload's report says it changed, in the forms that peers take. */
export interface Work {
  readonly sysctl: Readonly<Record<string, string>>;
  /** Lines of limits.d. */
  readonly limits: readonly string[];
  /** Units' drop-ins by path: systemd reads its units anew where one changes. */
  readonly dropins: Readonly<Record<string, string>>;
  /** gunicorn's configuration. */
  readonly gunicorn: string;
  /** Directives for nginx's http block, as a file of conf.d. */
  readonly http: string;
  /** In nginx's files: a line that matches is replaced; one that matches nowhere is added at the end. */
  readonly lines: readonly { readonly path: string; readonly match: string; readonly line: string }[];
}

const NGINX = "/etc/nginx/nginx.conf";
const SITE = "/etc/nginx/sites-available/site";
const GUNICORN = "/etc/gunicorn-tuned.conf.py";
const PLACES = new Map(SETTINGS.map(({ name, place }) => [name, place.at]));

const word = (name: string): string => name.slice(name.indexOf(".") + 1);
const last = (name: string): string => name.slice(name.lastIndexOf(" ") + 1);

export function workOf({ settings }: Report): Work {
  const moved = settings
    // Of nginx that is what stands in its files: `auto`, not the workers that this comes to.
    .map((row) => (row.concern === "nginx" ? { ...row, now: row.afterReboot } : row))
    .filter(({ state, before, now }) => state === "in force" && before !== now);
  const at = (place: string): ReportedSetting[] =>
    moved.filter(({ name }) => PLACES.get(name.split(" ")[0] ?? "") === place);
  const value = (name: string): string => moved.find((row) => row.name === name)?.now ?? "";
  const limits = at("nofile");
  const services = [
    ...new Set(limits.filter(({ name }) => name.endsWith(".service")).map(({ name }) => last(name))),
  ];
  // Where a soft limit rises alone, the hard one is written beside it as it is.
  const pair = (who: string): string =>
    ["soft", "hard"]
      .map((kind) => settings.find(({ name }) => name === `nofile.${kind} of ${who}`)?.now)
      .join(":");
  const python = (text: string): string => (/^\d+$/.test(text) ? text : JSON.stringify(text));
  const access = value("nginx.access_log.buffer");
  const listen = [
    ...(value("nginx.listen.backlog") ? [`backlog=${value("nginx.listen.backlog")}`] : []),
    ...(value("nginx.listen.so_keepalive") ? ["so_keepalive=on"] : []),
  ].join(" ");
  return {
    sysctl: Object.fromEntries(at("sysctl").map(({ name, now }) => [name, now])),
    limits: limits
      .filter(({ name }) => !name.endsWith(".service"))
      .map(
        ({ name, now }) =>
          `${name.includes(" of group ") ? "@" : ""}${last(name)} ${name.slice(7, 11)} nofile ${now}`,
      ),
    dropins: {
      ...Object.fromEntries(
        services.map((name) => [
          `/etc/systemd/system/${name}.d/limits.conf`,
          `[Service]\nLimitNOFILE=${pair(name)}\n`,
        ]),
      ),
      "/etc/systemd/system/gunicorn.service.d/tuned.conf":
        `[Service]\nEnvironment=GUNICORN_CMD_ARGS=--config=${GUNICORN}\n` +
        at("unit")
          .map(({ now }) => `TimeoutStopSec=${now}\n`)
          .join(""),
    },
    gunicorn: at("configuration")
      .map(({ name, now }) => `${word(name)} = ${python(now)}\n`)
      .join(""),
    http: at("http")
      .map(({ name, now }) => `${word(name)} ${now};\n`)
      .join(""),
    lines: [
      ...at("main").map(({ name, now }) => ({
        path: NGINX,
        match: `^${word(name)} .*`,
        line: `${word(name)} ${now};`,
      })),
      ...at("events").map(({ name, now }) => ({
        path: NGINX,
        match: `^\\s*${word(name)} .*`,
        line: `\t${word(name)} ${now};`,
      })),
      ...(access
        ? [
            {
              path: NGINX,
              match: "^\\s*access_log .*",
              line: `\taccess_log /var/log/nginx/access.log combined buffer=${access}k flush=5s;`,
            },
          ]
        : []),
      ...(listen
        ? ["80", "[::]:80"].map((address) => ({
            path: SITE,
            match: `^\\s*listen ${address.replace(/[[\]]/g, "\\$&")}[ ;].*`,
            line: `    listen ${address} ${listen};`,
          }))
        : []),
    ],
  };
}
