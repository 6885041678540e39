import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "../components";
import type * as lab from "../lab/labHost";
import type { Settings } from "./settings";

/** A host that can be tuned, whether it was there or the stack made it. */
export interface TunableHost {
  readonly connection: pulumi.Input<ConnectionArgs>;
  readonly address: pulumi.Input<string>;
}

/** Values of `heavyload:host`. */
export const HOSTS: ReadonlyMap<string, (settings: Settings) => TunableHost> = new Map([
  ["lab", labHost],
  ["existing", existingHost],
]);

/** The disposable machine; loaded only here, since it is no part of the published package. */
function labHost(): TunableHost {
  // `import()` would leave tsx's CommonJS loader, which is all that stacks/program.cjs starts.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { LabHost } = require("../lab/labHost") as typeof lab;
  return new LabHost("lab", { name: pulumi.getStack() });
}

function existingHost({ connection }: Settings): TunableHost {
  if (!connection) throw new Error("unreachable: an existing host was let through without a connection");
  return { connection, address: connection.host };
}
