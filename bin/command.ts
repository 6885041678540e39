/** What a command came to. */
export interface Outcome {
  /** For standard output. */
  readonly text: string;
  readonly status: number;
}

/** A command of the package, in a module of its own, which is loaded when it is called. */
export interface Command {
  /** @throws Error that says what is wrong and what to do */
  run(argv: readonly string[]): Outcome;
  /** Exit status where `run` throws. */
  readonly failed: number;
}

/** As its caller has called it: from a clone npm runs it, and takes the options before the two dashes for its own. */
export const calledAs = (name: string): string =>
  process.env["npm_lifecycle_event"] === name ? `npm run ${name} --` : `heavyload ${name}`;
