import type { Plan, PlannedSetting } from "../../components/tuning/plan";
import { hostFile, mayLower, valueOf, type Rendered } from "./hostFile";

/** Sorts after Debian's 99-sysctl.conf, which is /etc/sysctl.conf, and before heavyload's own. */
const FILE = "99-web-load.conf";
const PLACE = `/etc/sysctl.d/${FILE}`;

/** The kernel's keys, those of the limits of open files among them. */
export function sysctlFile(plan: Plan): Rendered {
  const keys = plan.settings.filter(({ place }) => place.at === "sysctl");
  const set = keys.filter((key) => !mayLower(key));
  const left = keys.filter(mayLower);
  const lines = set.map(lineOf);
  const conntrack = set.some(({ name }) => name.startsWith("net.netfilter."));
  const notByItself = [
    `It is in force after \`sysctl -e -p ${PLACE}\` (or \`sysctl --system\`, which reads all files), and after each reboot. Until then nothing changes.`,
    "A file that is read later wins: `systemd-analyze cat-config sysctl.d` shows the order.",
    "A server that listens already keeps the queue it asked for: nginx and gunicorn have lines of their own.",
    ...(set.some(({ name }) => name === RESERVED)
      ? [`${RESERVED} takes the place of a list that the host has: add its ports.`]
      : []),
    ...(conntrack
      ? [
          "Keys of connection tracking exist once the module nf_conntrack is loaded: where that is after systemd-sysctl has run, name it in /etc/modules-load.d.",
        ]
      : []),
  ];
  const about = "Keys of the kernel";
  const back = `remove this file, then reboot: no command knows the values from before.`;
  const comments = left.length === 0 ? [] : ["", ...LEFT, ...left.map((key) => `# ${lineOf(key)}`)];
  const file = { path: `sysctl.d/${FILE}`, place: PLACE, about, notByItself, back };
  return {
    files: [hostFile(plan, { ...file, sets: set.map(({ name }) => name) }, [...lines, ...comments])],
    unset: left.map((key) => ({
      name: key.name,
      value: valueOf(key),
      why: `A comment in ${FILE}: a host as installed may have more (${key.default}), and a line would lower it. Set it where \`sysctl -n ${key.name}\` says less.`,
    })),
  };
}

/** One that begins with - may fail: the host may have no such key. */
const lineOf = (key: PlannedSetting): string =>
  `${key.place.absent === undefined ? "" : "-"}${key.name} = ${valueOf(key)}`;

const RESERVED = "net.ipv4.ip_local_reserved_ports";

const LEFT = [
  "# Left out: a host as installed may have more of these, and a line would lower it. Where",
  "# `sysctl -n NAME` says less, take the # away.",
];
