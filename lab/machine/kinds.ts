import { CONTAINER } from "./container/container";
import type { Kind } from "./kind";
import type { KindName } from "./kindName";
import { VM } from "./vm/vm";

export const KINDS: Readonly<Record<KindName, Kind>> = { vm: VM, container: CONTAINER };
