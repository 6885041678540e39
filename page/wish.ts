import { complete, INPUTS, type Capacity } from "../components/tuning/capacity";
import type { PlanInput } from "../components/tuning/plan";
import { TIERS } from "../components/tuning/tiers";
import { valueOf } from "../explain/loadOptions";

/** What the person has asked for, as text: what is wrong with it the core says. */
export interface Wish {
  /** A tier's name; with `given` beside it the core refuses both. */
  readonly tier?: string;
  /** Inputs of the capacity by name. Empty texts are no values. */
  readonly given: Readonly<Record<string, string>>;
  /** What the plan is compared with. */
  readonly compare: string;
}

const isInput = (name: string): boolean => INPUTS.some((input) => input === name);

/** The name of the comparison with what is there without heavyload. */
export const DEBIAN = "debian";

export const FIRST: Wish = { tier: "10k", given: {}, compare: DEBIAN };

/** What the core is asked. */
export const inputOf = ({ tier, given }: Wish): PlanInput => ({
  ...(tier !== undefined && { tier }),
  ...((tier === undefined || Object.keys(given).length > 0) && {
    capacity: Object.fromEntries(Object.entries(given).map(([name, text]) => [name, valueOf(text)])),
  }),
});

/** With one input changed: a tier gives way to its own numbers, and what is no input goes, for which there is no field. */
export function changed({ tier, given, compare }: Wish, name: string, text: string): Wish {
  const connections = tier === undefined ? undefined : TIERS.get(tier)?.connections;
  const start = connections === undefined ? given : { connections: String(connections), ...given };
  const all = Object.entries({ ...start, [name]: text });
  return {
    given: Object.fromEntries(all.filter(([one, value]) => value !== "" && isInput(one))),
    compare,
  };
}

/** The wish as what follows the # in the address. */
export function toHash({ tier, given, compare }: Wish): string {
  const query = new URLSearchParams({ ...(tier !== undefined && { tier }), ...given });
  if (compare !== FIRST.compare) query.set("diff", compare);
  return `#${query.toString()}`;
}

/** Where the link past the form leads, if no script takes it. */
const PAST_THE_FORM = "#answer";

/** The wish of an address; without one the first of this page. */
export function fromHash(hash: string): Wish {
  if (hash === PAST_THE_FORM) return FIRST;
  const { tier, diff, ...given } = Object.fromEntries(new URLSearchParams(hash.replace(/^#/, "")));
  const compare = diff !== undefined && TIERS.has(diff) ? diff : FIRST.compare;
  if (tier === undefined && Object.keys(given).length === 0) return { ...FIRST, compare };
  return { ...(tier !== undefined && { tier }), given, compare };
}

/** The inputs as far as they are known, for what a field shows while it is empty. */
export function knownOf({ tier, given }: Wish): Partial<Capacity> {
  const connections = TIERS.get(tier ?? "")?.connections ?? Number(given["connections"]);
  return connections > 0 ? complete({ connections }) : {};
}
