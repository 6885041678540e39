import { renderTable } from "./table";
import type { Plan } from "./plan";
import { refusalLine, serversAreRead, type HostAudit, type Verdict } from "./audit";
import { forTerminal } from "./said";
import { MARKS } from "./summary";

const number = (value: number): string => value.toLocaleString("en-US");
const titled = (...titles: string[]) => titles.map((title) => ({ title }));

/** For people: what the host is, what breaks first, each setting, what is in use, and what applying it would change. */
export function auditText(destination: string, plan: Plan, audit: HostAudit, verdict: Verdict): string {
  const { host, settings, usage, files, changes, notes, refused, owner } = audit;
  const [first] = verdict.breaksFirst;
  const programs = [
    ...(host.nginx ? [`nginx ${host.nginx}`] : []),
    ...(host.gunicorn ? [`gunicorn ${host.gunicorn}`] : []),
  ];
  const size = `${host.cpus} CPUs, ${number(host.memoryMiB)} MiB`;
  const short = settings.filter(({ ok }) => !ok).length;
  const text = [
    `${destination}: ${[host.os, `kernel ${host.kernel}`, size, ...programs].join(", ")}`,
    ...(owner ? [`tuned by ${owner}`] : []),
    "",
    ...section(
      "Settings, against the plan",
      renderTable(
        [
          ...titled("", "setting"),
          { title: "now", widest: 24 },
          { title: "wanted", widest: 30 },
          ...titled("rule"),
        ],
        settings.map(({ state, name, now, wanted, rule }) => [
          MARKS[state] ?? state,
          name,
          now,
          wanted,
          rule,
        ]),
      ),
      settings.length > 0,
    ),
    ...section(
      "What breaks first, as the host is now",
      renderTable(
        titled("limit", "at", "", "of the load", "then"),
        verdict.breaksFirst.map(({ limit, at, unit, times, then, onlyIf }) => [
          limit,
          number(at),
          unit,
          `${times}x`,
          onlyIf === undefined ? then : `${then} (if ${onlyIf})`,
        ]),
      ),
      first !== undefined,
    ),
    ...section(
      "In use at this moment",
      renderTable(
        titled("limit", "used", "of", "where"),
        usage.map(({ limit, used, of, where }) => [limit, number(used), number(of), where]),
      ),
      usage.length > 0,
    ),
    ...section("What applying it would change", changes.join("\n"), changes.length > 0),
    ...section("To know besides", notes.join("\n"), notes.length > 0),
    ...files.flatMap(({ path, diff }) => [diff === "" ? `${path}: owner or mode alone` : diff.trimEnd(), ""]),
    ...section(
      "What would be refused",
      refused.map((refusal) => `- ${refusalLine(refusal)}`).join("\n"),
      refused.length > 0,
    ),
    ...(first
      ? [
          `Breaks first: ${number(first.at)} ${first.unit}: ${first.limit}; ${first.then}${first.onlyIf === undefined ? "" : ` (if ${first.onlyIf})`}.`,
        ]
      : []),
    bearing(audit, verdict),
    verdict.holds
      ? `It holds the plan (${plan.tier}).`
      : `It does not hold the plan (${plan.tier}): ${[
          `${short} settings short, ${changes.length} to change, ${refused.length} refused`,
          ...(first && first.times < 1 && first.onlyIf === undefined
            ? [`${first.limit} at ${first.times}x`]
            : []),
        ].join(", ")}.`,
    "Nothing was changed.",
    "",
  ].join("\n");
  return forTerminal(text);
}

const section = (title: string, text: string, is: boolean): string[] =>
  is ? [`== ${title}`, "", text, ""] : [];

function bearing(audit: HostAudit, { bears }: Verdict): string {
  if (bears) return `As it is now it bears tier ${bears}.`;
  return serversAreRead(audit)
    ? "As it is now it bears no tier."
    : "Which tier it bears cannot be told: nginx or gunicorn was not read.";
}
