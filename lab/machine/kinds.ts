import { CONTAINER } from "./container/container";
import type { Kind, KindName } from "./kind";
import { VM } from "./vm/vm";

export const KINDS: Readonly<Record<KindName, Kind>> = { vm: VM, container: CONTAINER };
