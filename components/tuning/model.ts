import type { Capacity } from "./capacity";
import { demandOf, type Demand } from "./demand";
import { memoryOf, type Memory } from "./memory";

/** A capacity and all that follows from it; every formula of a setting reads this. */
export interface Model {
  readonly capacity: Capacity;
  readonly demand: Demand;
  readonly memory: Memory;
}

export function modelOf(capacity: Capacity): Model {
  const demand = demandOf(capacity);
  return { capacity, demand, memory: memoryOf(capacity, demand) };
}
