#!/usr/bin/env node
// `npx heavyload explain --tier 10k`, `npx heavyload audit admin@192.0.2.10 --tier 10k`. From a clone `npm run explain`
// and `npm run audit` are the same.
import { calledAs, type Command } from "./command";

/* eslint-disable @typescript-eslint/no-require-imports -- `import()` would leave tsx's CommonJS loader */
const COMMANDS: ReadonlyMap<string, { readonly about: string; readonly load: () => Command }> = new Map([
  [
    "explain",
    {
      about: "the plan of a load: each setting with its reason and source, what breaks first. Asks no host",
      load: () => (require("../explain/cli") as { explain: Command }).explain,
    },
  ],
  [
    "audit",
    {
      about: "what a host that ssh reaches has against a load. Changes nothing on it",
      load: () => (require("../audit/cli") as { audit: Command }).audit,
    },
  ],
]);
/* eslint-enable @typescript-eslint/no-require-imports */

const WIDTH = Math.max(...[...COMMANDS.keys()].map((name) => name.length));
const HELP = `heavyload COMMAND

${[...COMMANDS].map(([name, { about }]) => `  ${name.padEnd(WIDTH)}  ${about}`).join("\n")}

\`heavyload COMMAND --help\` says more. To tune a host, \`pulumi up\` a stack that uses this package.
`;

/** Wrong use of this command itself: EX_USAGE of sysexits.h, since 1 and 2 are answers of `audit`. */
const MISUSE = 64;

function main([name = "--help", ...argv]: readonly string[]): number {
  if (name === "--help" || name === "-h") {
    process.stdout.write(HELP);
    return 0;
  }
  const known = COMMANDS.get(name);
  if (!known) {
    process.stderr.write(`heavyload: no command ${JSON.stringify(name)}\n${HELP}`);
    return MISUSE;
  }
  const command = known.load();
  try {
    const { text, status } = command.run(argv);
    process.stdout.write(text);
    return status;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // Whoever reads it as JSON reads this too.
    if (argv.includes("--json")) process.stdout.write(`${JSON.stringify({ error: said })}\n`);
    process.stderr.write(`${said}\nSee \`${calledAs(name)} --help\`.\n`);
    return command.failed;
  }
}

// Whoever reads may have read enough: `heavyload explain --tier 10k | head`.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") return;
  process.stderr.write(`heavyload: standard output cannot be written: ${code}\n`);
  process.exitCode = 1;
});
process.exitCode = main(process.argv.slice(2));
