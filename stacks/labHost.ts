import * as pulumi from "@pulumi/pulumi";
import type * as lab from "../lab/labHost";

/** The disposable machine; loaded only here, since it is no part of the published package. */
export function labHost(): lab.LabHost {
  // `import()` would leave tsx's CommonJS loader, which is all that stacks/program.cjs starts.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { LabHost } = require("../lab/labHost") as typeof lab;
  return new LabHost("lab", { name: pulumi.getStack() });
}
