import { WORDS, wrapped } from "../../components/tuning/table";
import type { Plan, PlannedSetting } from "../../components/tuning/plan";
import { optionsOf } from "../loadOptions";
import { count } from "../number";

/** A file for a host that is tuned by hand. */
export interface HostFile {
  /** Below the folder that they are written to. */
  readonly path: string;
  /** Where it, or what is in it, goes on the host. */
  readonly place: string;
  /** What is in it, in a line. */
  readonly about: string;
  /** What else has to be done, or is not done at all: a sentence each. */
  readonly notByItself: readonly string[];
  /** How it is taken back. */
  readonly back: string;
  /** Names of the settings that it sets. */
  readonly sets: readonly string[];
  /** The whole file: all of that as comments, then its lines. */
  readonly text: string;
}

/** A setting that no file sets. */
export interface Unset {
  readonly name: string;
  /** What the plan has for it. */
  readonly value: string;
  readonly why: string;
}

/** What one layer comes to. */
export interface Rendered {
  readonly files: readonly HostFile[];
  readonly unset: readonly Unset[];
}

/** The name of the drop-ins and of nginx's file: read before heavyload's own drop-ins. */
export const NAME = "web-load.conf";

/** The value as a number or word: formulas as they come out on the host that the plan counts on. */
export const valueOf = ({ value, comesTo }: PlannedSetting): string => comesTo ?? value;

/** The most that a host as installed may have; 0: nothing that is a number. */
export const mostByDefault = ({ mostByDefault: most, default: text }: PlannedSetting): number =>
  most ?? (/^\d+$/.test(text) ? Number(text) : 0);

/** Whether a host as installed may have more, and keeps it: a file knows no such rule, and its line would lower that. */
export const mayLower = (setting: PlannedSetting): boolean =>
  (setting.rule === "at least" || setting.mostByDefault !== undefined) &&
  Number(valueOf(setting)) < mostByDefault(setting);

const WIDEST = 96;
const comment = (text: string, begin = "# "): string[] =>
  wrapped(text, WIDEST - begin.length, WORDS).map((line, i) => (i === 0 ? begin : "#   ") + line);

/** A file whose comments say what it is, what it leaves to do, and how it is taken back. All its readers take # for one. */
export function hostFile(plan: Plan, file: Omit<HostFile, "text">, lines: readonly string[]): HostFile {
  const { cpus, memoryMiB } = plan.countedOn;
  const computed = plan.settings.filter(
    ({ name, comesTo }) => comesTo !== undefined && file.sets.includes(name),
  );
  const notByItself = [
    ...(computed.length > 0
      ? [
          `It looks at no host: ${computed.map(({ name }) => name).join(", ")} ${computed.length > 1 ? "are" : "is"} for ${count(cpus, "CPU")} and ${memoryMiB} MiB. Give the plan the cpus and memoryMiB of yours.`,
        ]
      : []),
    ...file.notByItself,
    NO_PROOF,
  ];
  const head = [
    ...comment(`${file.about}, of heavyload's plan for ${nameOf(plan)}.`),
    ...comment(`Place: ${file.place}`),
    "#",
    "# What this file does not do by itself:",
    ...notByItself.flatMap((text) => comment(text, "# - ")),
    ...comment(`Back: ${file.back}`),
    ...comment(`Reasons and sources: heavyload explain ${optionsOf(plan)}`),
    "",
  ];
  return { ...file, notByItself, text: [...head, ...lines, ""].join("\n") };
}

const NO_PROOF =
  "Nobody proves that it took effect, or that it does not lower what the host had: read the values back, or ask `heavyload audit`.";

const nameOf = ({ tier, capacity }: Plan): string =>
  tier === "custom" ? `${capacity.connections} connections` : `tier ${tier}`;
