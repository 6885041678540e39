/**
 * Drops the libraries' lines from an error's stack: what is left is the caller's. It also keeps Node 20.20 from
 * printing for half a minute, until memory runs out: util.inspect with colours never gets past a line such as
 * `node_modules/@pulumi/resource.ts`, which the SDK's source maps give to each error that is thrown under it.
 */
export function ownFrames<E extends Error>(error: E): E {
  const lines = error.stack?.split("\n") ?? [];
  error.stack = lines.filter((line) => !/^\s+at .*node_modules/.test(line)).join("\n");
  return error;
}
