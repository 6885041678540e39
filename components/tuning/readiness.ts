import { objectProblems, type Fields, type IsLater } from "./fields";
import { matches, pattern, PORT } from "./form";
import { isGiven } from "./given";
import type { Problem } from "./problem";
import type { Place, Rule } from "./setting";

/** Where a load balancer asks whether the host is ready; components/args/readiness.ts says what each name means. */
export interface Readiness {
  readonly port?: number;
  readonly path?: string;
  readonly host?: string;
}

const READINESS = "readiness";
/** The step that is told. */
const CONCERN = "nginx";
/** IANA has given it to nobody. */
export const READINESS_PORT = 8_110;

// What these let through means nothing to nginx: no blank, quote, $, ; or brace.
const FIELDS: Readonly<
  Record<
    keyof Readiness,
    { form: RegExp; default: string; allowed: string; fits?: (value: unknown) => boolean }
  >
> = {
  port: { form: /^[0-9]{1,5}$/, default: String(READINESS_PORT), ...PORT },
  path: {
    form: /^\/[A-Za-z0-9_./@+-]*$/,
    default: "/",
    allowed: "a path of letters, digits and _ . / @ + -, that begins with /",
  },
  host: {
    form: /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
    default: "localhost",
    allowed: "a name such as shop.example",
  },
};
const NAMES = Object.keys(FIELDS) as (keyof Readiness)[];

const FORMS: Fields = Object.fromEntries(
  NAMES.map((name) => {
    const { allowed, form, fits = matches(form) } = FIELDS[name];
    return [name, { allowed, fits }];
  }),
);

/** Everything that is wrong with it; `isLater`: of values that are checked once they are known. */
export const readinessProblems = (readiness: unknown, isLater?: IsLater): Problem[] =>
  isGiven(readiness) && !isLater?.(readiness) ? objectProblems(READINESS, FORMS, readiness, isLater) : [];

/** What one step is told of it. */
export const readinessSettings = (
  readiness: Readiness,
  concern: string,
): { name: string; rule: Rule; value: string }[] =>
  NAMES.filter(() => concern === CONCERN).map((name) => ({
    name: settingOf(name),
    rule: "exactly",
    value: String(readiness[name] ?? FIELDS[name].default),
  }));

/** What each step may be told of it: where the host uses it, and the form of a value there. */
export const READINESS_PLACES: ReadonlyMap<string, Readonly<Record<string, Place>>> = new Map([
  [
    CONCERN,
    Object.fromEntries(
      NAMES.map((name) => [settingOf(name), { at: READINESS, form: pattern(FIELDS[name].form) }]),
    ),
  ],
]);

function settingOf(name: keyof Readiness): string {
  return `${READINESS}.${name}`;
}
