import type * as aws from "@pulumi/aws";

export type Aws = typeof aws;

const PACKAGE = "@pulumi/aws";

/**
 * An optional peer, loaded only where a machine is made.
 * @throws Error that says how to install it
 */
export function loadAws(): Aws {
  try {
    require.resolve(PACKAGE);
  } catch (cause) {
    throw new Error(
      `A machine on EC2 needs the package ${PACKAGE} beside heavyload: npm install ${PACKAGE}@7`,
      { cause },
    );
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(PACKAGE) as Aws;
}
