import type { Plan, PlannedSetting } from "../../components/tuning/plan";
import { hostFile, mayLower, valueOf, type Rendered } from "./hostFile";

const PREFIX = "gunicorn.";
const BACKLOG = "gunicorn.backlog";
const CLASS = "gunicorn.worker_class";
/** More threads than one make a sync worker gthread; one for gevent has as many requests in hand as come. */
const UNREAD: Readonly<Record<string, readonly string[]>> = {
  sync: ["threads", "worker_connections", "keepalive"],
  gevent: ["threads", "worker_connections"],
};
/** What a class does not read, or becomes another by. The host's program knows the same (gunicorn/classes.py). */
export const isUnread = (workerClass: string, word: string): boolean =>
  UNREAD[workerClass]?.includes(word) ?? false;
const CONNECTIONS = "gunicorn.worker_connections";
/** gunicorn 21 to 24.0 stops answering where it is small: the host's program knows the same (gunicorn/classes.py). */
const GUARD = 'if not (21,) <= tuple(int(part) for part in gunicorn.__version__.split(".")[:2]) < (24, 1):';

/** Lines for gunicorn's own configuration, which is Python. */
export function gunicornFile(plan: Plan): Rendered {
  const all = plan.settings.filter(({ place }) => place.at === "configuration");
  const workerClass = all.find(({ name }) => name === CLASS)?.value;
  const unread = all.filter(({ name }) => workerClass !== undefined && isUnread(workerClass, wordOf(name)));
  const read = all.filter((setting) => !unread.includes(setting));
  const set = read.filter((setting) => !mayLower(setting));
  const left = read.filter(mayLower);
  const backlog = set.find(({ name }) => name === BACKLOG);
  const notByItself = [
    "gunicorn reads gunicorn.conf.py in its working directory, or what -c names: put these lines there. It reads no folder of snippets.",
    "What its command line or GUNICORN_CMD_ARGS says wins over this file.",
    "It is in force after `systemctl restart gunicorn`; a reload starts new workers, but keeps the queue of a socket that is open.",
    ...(backlog
      ? [
          `Where a socket unit opens gunicorn's socket, the queue is that unit's: Backlog=${valueOf(backlog)} below its [Socket].`,
        ]
      : []),
    ...(workerClass === undefined
      ? []
      : [
          `It is for workers of the class ${workerClass}. A site that has chosen another one keeps it: give the plan that workerClass. Its threads and worker_connections would make sync workers gthread, and let a worker for asyncio or gevent take that many requests and no more.`,
        ]),
    "Memory decides how many workers there may be: look at one of yours, and give the plan its workerMemoryMiB.",
  ];
  const lines = [
    ...set.filter(({ name }) => name !== CONNECTIONS).map(line),
    ...set.filter(({ name }) => name === CONNECTIONS).flatMap(guarded),
  ];
  return {
    files: [
      hostFile(
        plan,
        {
          path: "gunicorn/gunicorn.conf.py",
          place: "into the gunicorn.conf.py of your site",
          about: "gunicorn's settings",
          notByItself,
          back: "take these lines out, then `systemctl restart gunicorn`.",
          sets: set.map(({ name }) => name),
        },
        lines,
      ),
    ],
    unset: [
      ...left.map((setting) => ({
        name: setting.name,
        value: valueOf(setting),
        why: `gunicorn has ${setting.default} by itself: a line would lower it.`,
      })),
      ...unread.map((setting) => ({
        name: setting.name,
        value: valueOf(setting),
        why: `Workers of the class ${workerClass} do not read it, or become others by it.`,
      })),
    ],
  };
}

const wordOf = (name: string): string => name.slice(PREFIX.length);

function line(setting: PlannedSetting): string {
  const value = valueOf(setting);
  return `${wordOf(setting.name)} = ${/^\d+$/.test(value) ? value : JSON.stringify(value)}`;
}

const guarded = (setting: PlannedSetting): string[] => [
  "",
  "import gunicorn",
  "",
  "# gunicorn 21 to 24.0 stops answering where this is small.",
  GUARD,
  `    ${line(setting)}`,
];
