import type { PlanInput } from "../tuning/plan";

/** What the user wishes, not checked yet: the load is that of the whole fleet. */
export interface FleetWish extends PlanInput {
  readonly instanceType?: unknown;
  readonly balancer?: unknown;
  /** Hosts at the least and at the most. */
  readonly minSize?: unknown;
  readonly maxSize?: unknown;
}
