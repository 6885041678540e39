import { LEFT_ALONE } from "../components/tuning/leftAlone";
import { SETTINGS } from "../components/tuning/concerns";
import { makePlan } from "../components/tuning/plan";
import { TIERS } from "../components/tuning/tiers";
import { code, markdownTable } from "./markdown";

/** A setting of the article, and where it went. */
interface Then {
  /** As the article writes it. */
  readonly setting: string;
  readonly value: string;
  /** Only in the article's published form; the source text breaks off before it. */
  readonly published?: true;
  /** Names of the entries that stand for it today. */
  readonly entries: readonly string[];
  readonly today: string;
}

/** In the article's order. */
export const ARTICLE_SETTINGS: readonly Then[] = [
  {
    setting: "limits.conf: www-data soft nofile",
    value: "256000",
    entries: ["nofile.soft"],
    today:
      "limits.conf reaches logins alone, and systemd starts nginx: the unit's LimitNOFILE, and prlimit for what runs.",
  },
  {
    setting: "limits.conf: www-data hard nofile",
    value: "260000",
    entries: ["nofile.hard", "fs.nr_open"],
    today: "As above, and never above fs.nr_open, which the article does not know.",
  },
  {
    setting: "limits.conf: @users soft and hard nofile",
    value: "256000, 260000",
    entries: ["nofile.soft", "nofile.hard"],
    today: "The same for logins of the group.",
  },
  {
    setting: "limits.conf: * (commented out)",
    value: "256000, 260000",
    entries: ["nofile for everybody (*)"],
    today: "Left alone.",
  },
  {
    setting: "fs.file-max",
    value: "260000",
    entries: ["fs.file-max"],
    today: "Only raised: systemd's default is 9223372036854775807, which the article's line lowers.",
  },
  {
    setting: "nginx: worker_processes",
    value: "4",
    entries: ["nginx.worker_processes"],
    today: "One worker a CPU.",
  },
  {
    setting: "nginx: worker_connections",
    value: "4069",
    entries: ["nginx.worker_connections", "nginx.worker_rlimit_nofile"],
    today:
      "By connections, each counted twice, and with the descriptors to hold them: without, 4 workers of 1024 held 4,020 of 12,000.",
  },
  {
    setting: "net.core.somaxconn",
    value: "65536",
    published: true,
    entries: ["net.core.somaxconn", "nginx.listen.backlog", "gunicorn.backlog"],
    today:
      "Does nothing alone: nginx asks for 511 and gunicorn for 2048 unless told. 65536 is refused by old kernels.",
  },
  {
    setting: "net.core.netdev_max_backlog",
    value: "2500",
    published: true,
    entries: ["net.core.netdev_max_backlog"],
    today: "The same at the lower tiers, more at the higher ones.",
  },
  {
    setting: "net.ipv4.tcp_max_syn_backlog",
    value: "2500",
    published: true,
    entries: ["net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_syncookies"],
    today: "Does nothing while SYN cookies are on, which they are.",
  },
  {
    setting: "net.ipv4.tcp_keepalive_time",
    value: "300",
    published: true,
    entries: ["net.ipv4.tcp_keepalive_time", "nginx.listen.so_keepalive"],
    today: "The same, and so_keepalive=on, without which no connection of nginx is asked.",
  },
  {
    setting: "net.ipv4.ip_local_port_range",
    value: "1024 65535",
    published: true,
    entries: ["net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports"],
    today:
      "As wide as the load needs, and with the ports of services reserved, which it would hand out otherwise.",
  },
  {
    setting: "nginx: use",
    value: "epoll",
    published: true,
    entries: ["nginx.use"],
    today: "Left alone: nginx chooses it.",
  },
  ...["sendfile", "tcp_nopush", "tcp_nodelay"].map((name) => ({
    setting: `nginx: ${name}`,
    value: "on",
    published: true as const,
    entries: [`nginx.${name}`],
    today: "The same.",
  })),
  {
    setting: "nginx: keepalive_timeout",
    value: "15",
    published: true,
    entries: ["nginx.keepalive_timeout"],
    today: "Longer than a load balancer's 60 seconds; the connections that it holds are what a tier counts.",
  },
  {
    setting: "nginx: types_hash_max_size",
    value: "2048",
    published: true,
    entries: ["nginx.types_hash_max_size"],
    today: "The same.",
  },
];

/** The article's aim was this tier's load; the largest shows where it goes. */
const SHOWN = ["2k", "100k"].filter((tier) => TIERS.has(tier));

/** docs/article.md. */
export function article(): string {
  const plans = SHOWN.map((tier) => makePlan({ tier }).plan);
  const known = new Set([...SETTINGS, ...LEFT_ALONE].map(({ name }) => name));
  const now = (entry: string, index: number): string => {
    if (!known.has(entry)) throw new Error(`docs/article.md: ${entry} is no entry`);
    const found = plans[index]?.settings.find(({ name }) => name === entry);
    if (found) return `${code(entry)} ${found.rule} ${code(found.value)}`;
    return `${code(entry)} ${SETTINGS.some(({ name }) => name === entry) ? "nothing to set" : "left"}`;
  };
  const rows = ARTICLE_SETTINGS.map(({ setting, value, published, entries, today }) => [
    code(setting) + (published ? " (published form)" : ""),
    code(value),
    ...SHOWN.map((_, index) => entries.map((entry) => now(entry, index)).join("<br>")),
    today,
  ]);
  return [
    "# Where the article's settings went",
    "",
    'heavyload started from "Optimizing server for heavy load django application" (2013). Each of its settings, the value',
    "then, and what stands for it today. Written by `npm run docs`: the values are those of the plans. Our copy of the",
    "article ends at somaxconn; rows marked “published form” come from the article as it was published.",
    "",
    markdownTable(["the article's setting", "then", ...SHOWN.map((tier) => `today, ${tier}`), "why"], rows),
    "",
  ].join("\n");
}
