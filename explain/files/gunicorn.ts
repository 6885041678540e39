import type { Plan, PlannedSetting } from "../../components/tuning/plan";
import { hostFile, mayLower, valueOf, type Rendered } from "./hostFile";

const PREFIX = "gunicorn.";
const BACKLOG = "gunicorn.backlog";
const CONNECTIONS = "gunicorn.worker_connections";
/** gunicorn 21 to 24.0 stops answering where it is small: the host's program knows the same (gunicorn/classes.py). */
const GUARD = 'if not (21,) <= tuple(int(part) for part in gunicorn.__version__.split(".")[:2]) < (24, 1):';

/** Lines for gunicorn's own configuration, which is Python. */
export function gunicornFile(plan: Plan): Rendered {
  const all = plan.settings.filter(({ place }) => place.at === "configuration");
  const set = all.filter((setting) => !mayLower(setting));
  const left = all.filter(mayLower);
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
    ...(all.some(({ name }) => name === "gunicorn.worker_class")
      ? ["A site that has chosen a class of workers keeps it: leave that line out."]
      : []),
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
    unset: left.map((setting) => ({
      name: setting.name,
      value: valueOf(setting),
      why: `gunicorn has ${setting.default} by itself: a line would lower it.`,
    })),
  };
}

function line(setting: PlannedSetting): string {
  const value = valueOf(setting);
  return `${setting.name.slice(PREFIX.length)} = ${/^\d+$/.test(value) ? value : JSON.stringify(value)}`;
}

const guarded = (setting: PlannedSetting): string[] => [
  "",
  "import gunicorn",
  "",
  "# gunicorn 21 to 24.0 stops answering where this is small.",
  GUARD,
  `    ${line(setting)}`,
];
