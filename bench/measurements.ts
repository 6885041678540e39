import { BREAKS } from "./breaks/breaks";
import { HOSTS } from "./cost/hosts";
import { PEERS } from "./cost/peers";
import { PLAN } from "./cost/plan";
import { PREVIEW } from "./cost/preview";
import { CONFIGURATIONS } from "./cost/sites";
import { STEP_TIMES } from "./cost/steps";
import { CHANGE } from "./load/change";
import { FLIGHT, FLIGHT_ON_VM } from "./flight/flight";
import { HELD, LONG_HELD } from "./load/held";
import { MEMORY } from "./load/memory";
import type { Measurement } from "./measure/measurement";

/** What a tier buys. */
export const BUYS: readonly Measurement[] = [HELD, LONG_HELD, FLIGHT, FLIGHT_ON_VM, BREAKS, CHANGE, MEMORY];
/** What heavyload costs. */
export const COSTS: readonly Measurement[] = [PLAN, CONFIGURATIONS, PREVIEW, STEP_TIMES, PEERS, HOSTS];
export const ALL = [...BUYS, ...COSTS];
