import type { Limit } from "../components/tuning/breaksFirst";
import { CONCERNS } from "../components/tuning/concerns";
import { LEFT_ALONE } from "../components/tuning/leftAlone";
import type { Plan, PlannedSetting } from "../components/tuning/plan";
import type { Knob } from "../components/tuning/setting";
import { differenceData } from "../explain/difference";
import { count, number } from "../explain/number";
import { memory } from "./answer";
import { code, html, type Child } from "./element";

type Cells = readonly Child[];

/** A table in a box of its own, which scrolls where it is too narrow; the first cell of a row is its head. */
function table(caption: string, titles: readonly string[], rows: readonly Cells[], kind = ""): HTMLElement {
  return html(
    "div",
    { class: "scroll", role: "region", tabindex: 0, "aria-label": caption },
    html(
      "table",
      { class: kind },
      html("caption", { class: "visually-hidden" }, caption),
      html("thead", {}, html("tr", {}, ...titles.map((title) => html("th", { scope: "col" }, title)))),
      html(
        "tbody",
        {},
        ...rows.map(([head, ...cells]) =>
          html("tr", {}, html("th", { scope: "row" }, head), ...cells.map((cell) => html("td", {}, cell))),
        ),
      ),
    ),
  );
}

export const limitsTable = (limits: readonly Limit[]): HTMLElement =>
  table(
    "What breaks first",
    ["Limit", "Hit at", "Times the load", "Then", "Counts only if"],
    limits.map(({ limit, at, unit, times, then, onlyIf }) => [
      code(limit),
      `${number(at)} ${unit}`,
      `${number(times)}${times < 1 ? " (before the load)" : ""}`,
      then,
      onlyIf ?? "always",
    ]),
    "limits",
  );

export const needsTable = ({ needs, countedOn }: Plan): HTMLElement =>
  table(
    "What the load needs",
    ["Need", "Amount", ""],
    [
      [
        "Memory at the least",
        `${number(needs.memoryMiB)} MiB`,
        `${number(needs.connectionMemoryMiB)} of them for connections`,
      ],
      ["Memory, advised", `${number(needs.advisedMemoryMiB)} MiB`, "for workers on all CPUs and full queues"],
      ["CPUs, advised", number(needs.cpus), "they are busy for 60 % of the time"],
      ["Requests in flight", number(needs.requestsInFlight), "on the average"],
      ["Descriptors", number(needs.descriptors), "for one nginx worker"],
      ["Database connections", number(needs.databaseConnections), "all hosts together"],
      [
        "Counted on",
        `${count(countedOn.cpus, "CPU")}, ${memory(countedOn.memoryMiB)}`,
        "computed values and limits",
      ],
    ],
    "needs",
  );

/** Each layer's settings, and below it what is better left alone. */
export const settingsTables = ({ settings }: Plan): HTMLElement[] =>
  CONCERNS.flatMap(({ name: layer }) => {
    const left = LEFT_ALONE.filter(({ concern }) => concern === layer);
    return [
      html("h3", {}, LAYERS[layer] ?? layer),
      table(
        `Settings: ${LAYERS[layer] ?? layer}`,
        ["Setting", "Debian's default", "Value", "Why, and source"],
        settings
          .filter(({ concern }) => concern === layer)
          .map((setting) => [
            html("div", {}, code(setting.name), html("small", {}, setting.rule)),
            setting.default,
            valueCell(setting),
            why(setting),
          ]),
        "settings",
      ),
      ...(left.length === 0
        ? []
        : [
            html(
              "details",
              {},
              html("summary", {}, `Left alone: ${left.length} of ${LAYERS[layer] ?? layer}`),
              table(
                `Left alone: ${LAYERS[layer] ?? layer}`,
                ["Knob", "Default", "Why, and source"],
                left.map((knob) => [code(knob.name), knob.default, why(knob)]),
                "left",
              ),
            ),
          ]),
    ];
  });

const LAYERS: Readonly<Record<string, string>> = {
  kernel: "Kernel",
  limits: "Limits of open files",
  gunicorn: "gunicorn",
  nginx: "nginx",
};

export const RULES =
  "At least, at most: a host that is better already stays as it is. Widen: ranges and lists only grow. By default: gives way to what the site has chosen. Computed: worked out on the host by the formula, here for the host above; base is what it has without heavyload.";

const valueCell = ({ value, comesTo, unit }: PlannedSetting): HTMLElement =>
  html(
    "div",
    {},
    html("strong", {}, code(comesTo ?? value)),
    html("small", {}, unit),
    comesTo !== undefined && html("code", { class: "formula" }, value),
  );

const why = ({ why: reason, condition, source }: Knob): HTMLElement =>
  html(
    "div",
    {},
    reason,
    condition !== undefined && html("small", {}, condition),
    html("small", { class: "source" }, "Source: ", ...linked(source)),
  );

/** Addresses in what is said of a source can be followed: that is the reader's own request. */
const linked = (text: string): Child[] =>
  text
    .split(/(https:\/\/[^\s;,]+)/)
    .map((part) =>
      part.startsWith("https://")
        ? html("a", { href: part, rel: "noreferrer" }, part.replace(/^https:\/\//, ""))
        : part,
    );

/** What differs between two plans; what a formula comes to stands beside it. */
export function differenceTable(from: Plan, to: Plan, title: string): HTMLElement {
  const rows = differenceData(from, to);
  if (rows.length === 0)
    return html("p", {}, `No setting differs from ${title}. Needs and limits are not compared.`);
  const comesTo = new Map(to.settings.map((setting) => [setting.name, setting.comesTo]));
  return table(
    `What differs from ${title}: ${count(rows.length, "setting")}`,
    ["Setting", title, "This plan", "Unit"],
    rows.map(({ name, from: before, to: after, unit }) => {
      const result = comesTo.get(name);
      return [
        code(name),
        before ?? "not set",
        result === undefined ? (after ?? "not set") : `${after ?? ""} = ${result}`,
        unit,
      ];
    }),
    "difference",
  );
}
