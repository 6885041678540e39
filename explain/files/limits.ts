import { NR_OPEN } from "../../components/tuning/demand";
import type { Plan, PlannedSetting } from "../../components/tuning/plan";
import { mostByDefault, hostFile, NAME, valueOf, type HostFile, type Rendered } from "./hostFile";

/** Debian's nginx runs as the first, which many a gunicorn does too; the second are people. */
const WHO = ["www-data", "@users"];
/** Not the last of the folder: heavyload's own is 99-heavyload.conf. */
const FILE = "90-web-load.conf";
const SYSCTL_FIRST =
  "fs.nr_open must be no less, or the limit is refused: put the file of sysctl.d in force first.";

/** Limits of open files: a file for logins, and a drop-in for each service, since neither reads the other's. */
export function limitFiles(plan: Plan): Rendered {
  const limits = plan.settings.filter(({ place }) => place.at === "nofile");
  const [soft, hard] = ["nofile.soft", "nofile.hard"].map((name) => limits.find((one) => one.name === name));
  if (!soft || !hard) return { files: [], unset: [] };
  return {
    files: [ofLogins(plan, soft, hard), ofNginx(plan, soft, hard), ofGunicorn(plan, soft, hard)],
    unset: stopSeconds(plan).unset,
  };
}

/** The line of a unit. A service's hard limit is not brought below what Debian gives it. */
const limitLine = (soft: PlannedSetting, hard: PlannedSetting): string =>
  `LimitNOFILE=${valueOf(soft)}:${Math.max(Number(valueOf(hard)), mostByDefault(hard))}`;

function ofLogins(plan: Plan, soft: PlannedSetting, hard: PlannedSetting): HostFile {
  // Below that a line for the hard limit could only lower what logins have.
  const raises = Number(valueOf(hard)) > NR_OPEN;
  const lines = WHO.flatMap((who) => [
    `${who} soft nofile ${valueOf(soft)}`,
    ...(raises ? [`${who} hard nofile ${valueOf(hard)}`] : []),
  ]);
  return hostFile(
    plan,
    {
      path: `limits.d/${FILE}`,
      place: `/etc/security/limits.d/${FILE}`,
      about: "Limits of open files for logins and cron's jobs",
      notByItself: [
        "It holds for sessions that begin after it (log in anew), and for no service: those have drop-ins of their own.",
        "Where gunicorn has another user than www-data, it needs lines for that one.",
        ...(raises
          ? [SYSCTL_FIRST]
          : [
              `It has no line for the hard limit: logins have ${NR_OPEN} on Debian, and ${valueOf(hard)} would lower it.`,
            ]),
      ],
      back: "remove this file; sessions that run keep their limit until they end.",
      sets: raises ? [soft.name, hard.name] : [soft.name],
    },
    lines,
  );
}

const unitNotes = (unit: string): string[] => [
  `systemd reads it by \`systemctl daemon-reload\`, and a running service keeps its old limit until \`systemctl restart ${unit}\`. A reload is not enough.`,
  "A drop-in whose name sorts later wins: `systemctl show -p LimitNOFILE " + unit + "` says what counts.",
  SYSCTL_FIRST,
];

function ofNginx(plan: Plan, soft: PlannedSetting, hard: PlannedSetting): HostFile {
  const file = dropIn("nginx.service");
  const sets = [soft.name, hard.name];
  return hostFile(
    plan,
    { ...file, about: "Limits of open files for nginx", notByItself: unitNotes("nginx"), sets },
    ["[Service]", limitLine(soft, hard)],
  );
}

function ofGunicorn(plan: Plan, soft: PlannedSetting, hard: PlannedSetting): HostFile {
  const file = dropIn("gunicorn.service");
  const stop = stopSeconds(plan);
  const notByItself = [
    "The folder has the name of your unit: gunicorn.service where nothing else is said. A site by another name needs another folder.",
    ...unitNotes("gunicorn"),
  ];
  return hostFile(
    plan,
    {
      ...file,
      about: "Limits of open files for gunicorn",
      notByItself,
      sets: [soft.name, hard.name, ...stop.sets],
    },
    ["[Service]", limitLine(soft, hard), ...stop.lines],
  );
}

/** How long systemd waits for gunicorn: a line only where that is more than a unit has by itself. */
function stopSeconds({ settings }: Plan) {
  const setting = settings.find(({ place }) => place.at === "unit");
  if (!setting) return { lines: [], sets: [], unset: [] };
  const [value, given] = [valueOf(setting), mostByDefault(setting)];
  if (Number(value) > given) return { lines: [`TimeoutStopSec=${value}`], sets: [setting.name], unset: [] };
  const why = `A unit has ${given} seconds where it says nothing: a line would lower it. Where yours says less, write TimeoutStopSec=${value}.`;
  return { lines: [], sets: [], unset: [{ name: setting.name, value, why }] };
}

const dropIn = (unit: string) => ({
  path: `systemd/${unit}.d/${NAME}`,
  place: `/etc/systemd/system/${unit}.d/${NAME}`,
  back: `remove this file, then \`systemctl daemon-reload\` and \`systemctl restart ${unit.replace(".service", "")}\`.`,
});
