import { equal, isObject, isSecret, type Fields, type Value } from "./values";

export type Kind = "add" | "delete" | "update";

export interface Change {
  readonly kind: Kind;
  readonly replace: boolean;
}

/** What differs, by property path (`connection.port`, `triggers[0]`, `environment["a.b"]`), as the engine shows it. */
export type Changes = Readonly<Record<string, Change>>;

/**
 * The field that replaces the resource when it comes or goes as a whole. A change inside it replaces too, but
 * that is decided by the engine, from `replaceOnChanges: ["triggers[*]"]`, which the SDK registers.
 */
const REPLACES = "triggers";

/** A secret is compared with its wrapper: to become secret, or to stop being one, is a change. */
export function diffFields(old: Fields, now: Fields): Changes {
  const changes: Record<string, Change> = {};
  const note = (path: string, kind: Kind) => {
    changes[path] = { kind, replace: path === REPLACES };
  };
  compareFields("", old, now, note);
  return changes;
}

type Note = (path: string, kind: Kind) => void;

function compareFields(prefix: string, old: Fields, now: Fields, note: Note): void {
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    compare(`${prefix}${step(prefix, key)}`, old[key], now[key], note);
  }
}

function compare(path: string, old: Value | undefined, now: Value | undefined, note: Note): void {
  if (old === undefined || now === undefined) {
    if (old !== now) note(path, old === undefined ? "add" : "delete");
  } else if (Array.isArray(old) && Array.isArray(now)) {
    for (let i = 0; i < Math.max(old.length, now.length); i++) compare(`${path}[${i}]`, old[i], now[i], note);
  } else if (isObject(old) && isObject(now) && !isSecret(old) && !isSecret(now)) {
    compareFields(path, old, now, note);
  } else if (!equal(old, now)) {
    note(path, "update");
  }
}

function step(prefix: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `[${JSON.stringify(key)}]`;
  return prefix ? `.${key}` : key;
}
