import type { Limit } from "../components/tuning/breaksFirst";
import type { Plan } from "../components/tuning/plan";
import { reason, type Problem } from "../components/tuning/problem";
import { count, number } from "../explain/number";
import { html } from "./element";
import { titleOf } from "./titles";

/** The answer in sentences: the first is the headline. */
export function answer({ capacity, countedOn, breaksFirst, needs }: Plan): string[] {
  const always = breaksFirst.filter(({ onlyIf }) => onlyIf === undefined);
  const { connections, requestsPerSecond, databaseHosts } = capacity;
  const advised = capacity.cpus === undefined && capacity.memoryMiB === undefined ? ", as advised," : "";
  const host = `A host with ${count(countedOn.cpus, "CPU")} and ${memory(countedOn.memoryMiB)}${advised}`;
  const held = least(always, "connections", connections);
  const answered = least(always, "requests a second", requestsPerSecond);
  const [first] = always;
  return [
    `${host} holds ${held} connections and answers ${answered} requests a second.`,
    ...(first
      ? [
          `First to break: ${first.limit}, at ${number(first.at)} ${first.unit}, ${number(first.times)} times the load. Then ${first.then}.`,
        ]
      : []),
    ...(databaseHosts > 1
      ? [
          `${number(databaseHosts)} such hosts hold ${number(databaseHosts * carried(always, "connections", connections))} connections together; their database must let in ${number(needs.databaseConnections)}.`,
        ]
      : []),
  ];
}

/** What the limits of a unit leave of a load. A limit is told to less than a load may be: whether it is short says `times`. */
const carried = (limits: readonly Limit[], unit: Limit["unit"], load: number): number =>
  Math.min(load, ...limits.filter((limit) => limit.unit === unit && limit.times < 1).map(({ at }) => at));

function least(limits: readonly Limit[], unit: Limit["unit"], load: number): string {
  const at = carried(limits, unit, load);
  return at < load ? `${number(at)} of ${number(load)}` : number(load);
}

/** Memory as people say it. */
export const memory = (mib: number): string =>
  mib < 1024 ? `${number(mib)} MiB` : `${number(Number((mib / 1024).toFixed(2)))} GiB`;

/** The same for the page. */
export const answerView = (plan: Plan): HTMLElement[] =>
  answer(plan).map((sentence, i) => html("p", { class: i === 0 ? "headline" : "next" }, sentence));

/** A load that is refused: everything that is wrong with it, and the ways out, in the core's words. */
export const refusalView = (problems: readonly Problem[]): HTMLElement[] => [
  html("p", { class: "headline refused" }, "Refused: this load has no plan."),
  html(
    "ul",
    { class: "problems" },
    ...problems.map((problem) => {
      const title = titleOf(problem.path);
      const named = title === undefined ? html("code", {}, problem.path) : html("strong", {}, title);
      return html("li", {}, named, ` ${reason(problem)}`);
    }),
  ),
];
