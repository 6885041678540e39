import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The Go module that builds the CLI, and the one that builds the Node language host (its SDK is another version). */
export const MODULES = {
  cli: join(__dirname, "cli"),
  host: join(__dirname, "language-nodejs"),
} as const;

/** The CLI that is downloaded or built: one version, kept in go.mod. */
export const CLI_VERSION = required(
  readFileSync(join(MODULES.cli, "go.mod"), "utf8"),
  /^\s*github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/m,
);

/** The oldest `pulumi` on PATH that is taken: the first that knows `replacementTrigger`, which a machine on EC2 has. */
export const OLDEST_CLI = "3.211.0";

/** Never "latest": the registry's latest tag of @pulumi/command is a stray publish. */
export const COMMAND_PLUGIN_VERSION = required(
  readFileSync(require.resolve("@pulumi/command/package.json"), "utf8"),
  /"version": "([^"]+)"/,
);

export const OLDEST_GO = "1.24";

function required(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (!found) throw new Error(`${pattern} was not found in:\n${text.slice(0, 200)}`);
  return found;
}

/** Compares `1.24` and `1.24.3` number by number; a pre-release counts as its release. */
export function isAtLeast(version: string, oldest: string): boolean {
  const numbers = (text: string) => text.split("-")[0]!.split(".").map(Number);
  const [have, want] = [numbers(version), numbers(oldest)];
  const i = want.findIndex((number, place) => (have[place] ?? 0) !== number);
  return i < 0 || (have[i] ?? 0) > want[i]!;
}
