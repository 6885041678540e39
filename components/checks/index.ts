/** For programs that read arguments from elsewhere, as stacks/ does from a stack's configuration. */
export { checkTunedFleet, type CheckedFleet } from "./fleet";
export { kindProblems, type HostKind } from "./host";
export { ownFrames } from "./ownFrames";
export { rolloutProblems } from "./rollout";
export { checkTuning, type Checked } from "./tuning";
export { isGiven, isObject, without } from "../tuning/given";
export { member, renderProblems, shown, type Problem } from "../tuning/problem";
