import { NR_OPEN } from "./demand";
import { entriesOf, sameAs, type Earlier, type Setting } from "./setting";
import { ARTICLE, FS_SYSCTL, LIMITS_CONF, SYSTEMD_EXEC } from "./sources";

/** The largest that fs.nr_open takes. */
export const MOST_FILES = 2_147_483_584;
/** Far above any need, and still a number that JavaScript holds exactly. */
const MOST_FILES_OF_ALL = 1_000_000_000_000;

const number = (earlier: Earlier, name: string): number => Number(earlier.get(name));

/** How many files a process may open, from the whole system's limit inwards. */
export const LIMITS: readonly Setting[] = entriesOf<Setting>("limits", [
  {
    name: "nofile.hard",
    place: { at: "nofile" },
    unit: "descriptors",
    default: "524288 since systemd 240, 4096 before",
    mostByDefault: 524_288,
    rule: "at least",
    type: { kind: "integer", min: 4_096, max: MOST_FILES },
    formula: "the power of two from 4 * (connections + connections to gunicorn) up, at least 65536",
    value: ({ demand }) => String(demand.descriptors),
    why: "As far as nginx's workers, gunicorn and the users may raise their own limit. Twice what nginx may hold if one worker gets everything.",
    source: `${LIMITS_CONF}; ${SYSTEMD_EXEC}; 260000 is ${ARTICLE}`,
    condition:
      "limits.conf reaches logins alone: services need the unit's LimitNOFILE, running ones prlimit.",
  },
  {
    name: "nofile.soft",
    place: { at: "nofile" },
    unit: "descriptors",
    default: "1024",
    rule: "at least",
    type: { kind: "integer", min: 1_024, max: MOST_FILES },
    ...sameAs("nofile.hard"),
    why: "What is in force until a process raises it itself. Each connection is a descriptor: 1024 are a thousand clients.",
    source: `${LIMITS_CONF}; ${SYSTEMD_EXEC}; 256000 is ${ARTICLE}`,
    condition: "Programs that use select() break above 1024: give it to web servers, not to everybody.",
  },
  {
    name: "fs.nr_open",
    place: { at: "sysctl" },
    unit: "descriptors",
    default: String(NR_OPEN),
    rule: "at least",
    type: { kind: "integer", min: NR_OPEN, max: MOST_FILES },
    formula: `nofile.hard, at least ${NR_OPEN}`,
    value: (_, earlier) => String(Math.max(number(earlier, "nofile.hard"), NR_OPEN)),
    why: "No process may have a higher limit. A limit above it makes logins fail or be silently lower.",
    source: FS_SYSCTL,
  },
  {
    name: "fs.file-max",
    place: { at: "sysctl" },
    unit: "descriptors",
    default: "9223372036854775807 under systemd since 240, a tenth of the memory in KiB before",
    mostByDefault: 2 ** 63,
    rule: "at least",
    type: { kind: "integer", min: NR_OPEN, max: MOST_FILES_OF_ALL },
    formula: "2 * fs.nr_open",
    value: (_, earlier) => String(2 * number(earlier, "fs.nr_open")),
    why: "All descriptors of the system together: one process at its limit must leave room for the others. Never lowered.",
    source: `${FS_SYSCTL}; ${ARTICLE} of 260000 lowers it today`,
  },
]);
