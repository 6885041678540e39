import type { Report, ReportedHost } from "./report";
import { renderTable, type Column } from "./table";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "setting" },
  { title: "before", widest: 22 },
  { title: "now", widest: 22 },
  { title: "wanted", widest: 22 },
  { title: "rule" },
  { title: "after a reboot", widest: 22 },
  { title: "read from", widest: 42 },
];

/** By what the host says of a setting. */
export const MARKS: Readonly<Record<string, string>> = {
  "in force": "ok",
  "not applicable": "n/a",
  short: "NO",
};
/** An empty list of ports. */
const NOTHING = "-";

/** The report as text for a terminal: the load, the host, a row a setting, and the verdict. */
export function renderSummary({ tier, capacity, host, settings }: Report): string {
  const rows = settings.map(({ state, name, before, now, wanted, rule, afterReboot, readFrom }) => {
    const values = [before, now, wanted].map((value) => value || NOTHING);
    return [MARKS[state] ?? state, name, ...values, rule, afterReboot || NOTHING, basenames(readFrom)];
  });
  const load = `${capacity.connections} connections, ${capacity.requestsPerSecond} requests a second`;
  const counts = Object.keys(MARKS).map(
    (state) => `${settings.filter((setting) => setting.state === state).length} ${state}`,
  );
  return [
    `Tier ${tier}: ${load}`,
    `Host: ${describe(host)}`,
    "",
    renderTable(COLUMNS, rows),
    "",
    counts.join(", "),
  ].join("\n");
}

/** The table has no room for folders; the report has the whole paths. */
const basenames = (text: string): string => text.replace(/(?:\/[\w.-]+)*\/([\w.-]+)/g, "$1");

function describe({ os, kernel, cpus, memoryMiB, nginx, gunicorn }: ReportedHost): string {
  const size = `${cpus} ${cpus === 1 ? "CPU" : "CPUs"}, ${memoryMiB} MiB`;
  const servers = [nginx ? `nginx ${nginx}` : "no nginx", gunicorn ? `gunicorn ${gunicorn}` : "no gunicorn"];
  return [os, `kernel ${kernel}`, size, ...servers].join(", ");
}
