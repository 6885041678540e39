/** One thing that is wrong with what the user gave: what it is, what was found, what is allowed. */
export interface Problem {
  /** Where in the arguments: `tier`, `tuning["net.core.somaxconn"]`, `connection.hostKey`. */
  readonly path: string;
  /** What was found, as text to read; never a secret. */
  readonly value: string;
  readonly allowed: string;
  /** What to do, where the allowed values alone do not say it. */
  readonly wayOut?: string;
}

const LONGEST = 60;

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return "not given";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value); // JSON knows no such number
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What stands in the place of an object that may hold a key: a text may be the key itself. */
export const kindOf = (value: unknown): string =>
  typeof value === "string" ? "a text (not shown)" : shown(value);

/** The part of a message after the path. */
export const reason = ({ value, allowed, wayOut }: Problem): string =>
  `is ${value}, allowed: ${allowed}${wayOut ? `. ${wayOut}` : ""}`;

/** All problems at once, one line each; `prefix` goes before each path (`heavyload:` for a stack's configuration). */
export function renderProblems(problems: readonly Problem[], prefix = ""): string {
  return problems.map((problem) => `${prefix}${problem.path} ${reason(problem)}`).join("\n");
}

/** The path of a member whose name may hold dots. */
export const member = (parent: string, name: string): string => `${parent}[${JSON.stringify(name)}]`;

/** The path of a field; of the arguments themselves where there is no parent. */
export const field = (parent: string, name: string): string => (parent === "" ? name : `${parent}.${name}`);

/** Names that mean nothing there. Their values are not shown: a key under a mistyped name is still a key. */
export const strangers = (given: object, names: readonly string[], at: (name: string) => string): Problem[] =>
  Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => ({ path: at(name), value: "given", allowed: `only the names ${names.join(", ")}` }));
