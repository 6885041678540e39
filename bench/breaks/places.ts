import type { PlanInput } from "../../components/tuning/plan";
import type { MachineOptions } from "../../lab/machine";
import { CROWDS, inContainer, patiently, SITES, type Site } from "./capacities";
import { LOWERED, LOWERED_ON_VM, type Lowered } from "./limits";
import { MEMORY } from "./memory";

/** A kind of machine, and what is lowered there. */
export interface Place {
  /** After a site's. */
  readonly name: string;
  readonly options: MachineOptions;
  /** Each on a machine of its own, which is tuned for it. */
  readonly sites: readonly Site[];
  readonly wishOf: (site: Site) => PlanInput;
  readonly limits: readonly Lowered[];
  /** How long one of them takes, beside those of other places. */
  readonly weight: number;
}

const CONTAINER: Place = {
  name: "",
  options: { kind: "container" },
  sites: SITES,
  wishOf: inContainer,
  limits: LOWERED,
  weight: 1,
};
const VM = { name: ", on a virtual machine", options: { memoryMiB: 2_048 }, weight: 10 };

export const PLACES: readonly Place[] = [
  CONTAINER,
  { ...VM, sites: SITES, wishOf: inContainer, limits: LOWERED_ON_VM },
  { ...VM, sites: CROWDS, wishOf: patiently, limits: [MEMORY] },
];

/** Found out about in some seconds. */
export const QUICK: Place = {
  ...CONTAINER,
  sites: SITES.slice(0, 1),
  limits: LOWERED.filter(({ limit }) => limit === "gunicorn.backlog"),
};
