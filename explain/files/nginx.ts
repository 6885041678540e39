import type { Plan, PlannedSetting } from "../../components/tuning/plan";
import { hostFile, mayLower, mostByDefault, NAME, valueOf, type HostFile, type Rendered } from "./hostFile";

const PREFIX = "nginx.";
const KEEPALIVE = "nginx.upstream.keepalive";
const DESCRIPTORS = "nginx.worker_rlimit_nofile";
const CONF = "/etc/nginx/nginx.conf";
/** Debian's nginx.conf has them: said again in a file that it includes, nginx would refuse both. */
const IN_CONF = ["nginx.sendfile", "nginx.tcp_nopush", "nginx.types_hash_max_size"];

const TEST = "`nginx -t` must pass before `systemctl reload nginx`, after which new workers have it.";

/** Three files, by where nginx lets their words stand: its own file, a folder that this includes, and the sites. */
export function nginxFiles(plan: Plan): Rendered {
  const all = plan.settings.filter(({ concern, name }) => concern === "nginx" && name !== KEEPALIVE);
  const set = all.filter((setting) => !mayLower(setting));
  const left = all.filter(mayLower);
  const keepalive = plan.settings.filter(({ name }) => name === KEEPALIVE);
  const at = (...places: string[]) => set.filter(({ place }) => places.includes(place.at));
  const http = at("http");
  const inConf = http.filter(({ name }) => IN_CONF.includes(name));
  const apart = http.filter(({ name }) => !IN_CONF.includes(name));
  return {
    files: [
      ofConf(plan, { main: at("main"), events: at("events"), http: [...inConf, ...at("access_log")] }),
      ofFolder(plan, apart),
      ofSites(plan, at("listen")),
    ],
    unset: [
      ...left.map((setting) => ({
        name: setting.name,
        value: valueOf(setting),
        why: `nginx has ${setting.default} by itself: a line would lower it.`,
      })),
      ...keepalive.map(({ name, value }) => ({
        name,
        value,
        why: "It is to be left out: no `keepalive` in the `upstream` that leads to gunicorn. Since nginx 1.29.7, which has 32 by itself, write `keepalive 0;` there.",
      })),
    ],
  };
}

interface Blocks {
  readonly main: readonly PlannedSetting[];
  readonly events: readonly PlannedSetting[];
  readonly http: readonly PlannedSetting[];
}

function ofConf(plan: Plan, { main, events, http }: Blocks): HostFile {
  const directive = directiveOf(plan);
  return hostFile(
    plan,
    {
      path: "nginx/nginx.conf.txt",
      place: `each line into its block of ${CONF}, in place of the one of that name`,
      about: "Words that nginx takes in its own file alone",
      notByItself: [
        `${CONF} can include no file for these: a second \`events\` is refused. Write them in by hand; lines that stand there already stay.`,
        TEST,
        "worker_rlimit_nofile is a worker's hard limit too, and above fs.nr_open nginx logs an alert and goes on with less.",
        "A site with an access_log of its own needs buffer= and flush= there; a power cut loses the last 5 seconds of a log.",
      ],
      back: "write the lines that were there before: keep a copy of nginx.conf.",
      sets: [...main, ...events, ...http].map(({ name }) => name),
    },
    [
      ...main.map(directive),
      "",
      "events {",
      ...events.map((setting) => `    ${directive(setting)}`),
      "}",
      "",
      "http {",
      ...http.map((setting) => `    ${directive(setting)}`),
      "}",
    ],
  );
}

function ofFolder(plan: Plan, settings: readonly PlannedSetting[]): HostFile {
  const place = `/etc/nginx/conf.d/${NAME}`;
  return hostFile(
    plan,
    {
      path: `nginx/conf.d/${NAME}`,
      place,
      about: "nginx's settings of all sites",
      notByItself: [
        TEST,
        "Where nginx says that a directive is duplicate, nginx.conf has it too: leave the line out here.",
        "A server or location that says otherwise wins over it.",
      ],
      back: "remove this file, then `systemctl reload nginx`.",
      sets: settings.map(({ name }) => name),
    },
    settings.map(directiveOf(plan)),
  );
}

function ofSites(plan: Plan, settings: readonly PlannedSetting[]): HostFile {
  const words = settings.map((setting) => `${lastName(setting)}=${valueOf(setting)}`).join(" ");
  return hostFile(
    plan,
    {
      path: "nginx/listen.txt",
      place: "at the end of the `listen` lines of your sites, /etc/nginx/sites-enabled",
      about: "Words of nginx's listen",
      notByItself: [
        "The lines below are Debian's own with the words added: keep your addresses, ports and other words.",
        "nginx takes them once for each address and port: a second site on the same one goes without.",
        TEST,
        "A reload listens anew where the number has changed; `ss -ltn` shows it as Send-Q. It is never above net.core.somaxconn: put the file of sysctl.d in force first.",
      ],
      back: "take the words out, then `systemctl restart nginx`.",
      sets: settings.map(({ name }) => name),
    },
    [`listen 80 default_server ${words};`, `listen [::]:80 default_server ${words};`],
  );
}

const lastName = ({ name }: PlannedSetting): string => name.slice(name.lastIndexOf(".") + 1);

const directiveOf = (plan: Plan) => (setting: PlannedSetting) => {
  if (setting.place.at === "access_log")
    return `access_log /var/log/nginx/access.log combined buffer=${valueOf(setting)}k flush=5s;`;
  const value = setting.name === DESCRIPTORS ? descriptors(plan, setting) : valueOf(setting);
  return `${setting.name.slice(PREFIX.length)} ${value};`;
};

/** It becomes a worker's hard limit, too, which is not to be brought below what Debian gives the service. */
function descriptors({ settings }: Plan, setting: PlannedSetting): number {
  const hard = settings.find(({ name }) => name === "nofile.hard");
  return Math.max(Number(valueOf(setting)), hard ? mostByDefault(hard) : 0);
}
