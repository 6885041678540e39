import { objectProblems, type Fields, type IsLater } from "./fields";
import { matches, pattern, USER_NAME, USER_NAME_FORM } from "./form";
import { isGiven } from "./given";
import type { Problem } from "./problem";
import type { Place, Rule } from "./setting";

/** The application, known; components/args/app.ts says what each name means. */
export interface App {
  readonly wsgi: string;
  readonly directory: string;
  readonly user: string;
  readonly virtualenv?: string;
  readonly environmentFile?: string;
  readonly serverNames?: readonly string[];
  readonly staticRoot?: string;
}

/** The step that makes a service of it. */
export const APP = "app";
/** The service that it becomes, which the steps that tune it are told of. */
export const APP_SERVICE = "heavyload-app.service";
const NGINX = "nginx";

interface Told {
  readonly allowed: string;
  /** What a value matches, or each of a list's; the host looks once more. */
  readonly form: RegExp;
  readonly list?: true;
  /** The step that is told. */
  readonly concern: typeof APP | typeof NGINX;
  readonly setting: string;
  readonly required?: true;
  /** What the step is told where nothing is given. */
  readonly default?: string;
}

// What these let through means nothing to a shell, to systemd or to nginx: no blank, quote, %, $, ; or brace.
const path = (concern: Told["concern"], setting: string) => ({
  concern,
  setting,
  allowed: "an absolute path of letters, digits and _ . / @ + -",
  form: /^\/[A-Za-z0-9_./@+-]*$/,
});

const FIELDS: Readonly<Record<keyof App, Told>> = {
  wsgi: {
    concern: APP,
    setting: "app.wsgi",
    allowed: "a module, or a module and a name in it: shop.wsgi:application",
    form: /^[A-Za-z_][A-Za-z0-9_.]*(:[A-Za-z_][A-Za-z0-9_]*)?$/,
    required: true,
  },
  directory: { ...path(APP, "app.directory"), required: true },
  user: {
    concern: APP,
    setting: "app.user",
    allowed: USER_NAME.allowed,
    form: USER_NAME_FORM,
    required: true,
  },
  virtualenv: path(APP, "app.virtualenv"),
  environmentFile: path(APP, "app.environment_file"),
  serverNames: {
    concern: NGINX,
    setting: "app.server_names",
    allowed: "a list of names such as shop.example or *.shop.example, at least one",
    form: /^(\*\.|\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?(\.\*)?$/,
    list: true,
    default: "_",
  },
  staticRoot: path(NGINX, "app.static_root"),
};

const NAMES = Object.keys(FIELDS) as (keyof App)[];

const FORMS: Fields = Object.fromEntries(
  NAMES.map((name) => {
    const { form, list, allowed, required = false } = FIELDS[name];
    const each = matches(form);
    const fits = (value: unknown) =>
      list ? Array.isArray(value) && value.length > 0 && value.every(each) : each(value);
    return [name, { allowed, required, fits, ...(list && { members: true as const }) }];
  }),
);

/** Everything that is wrong with an application; `isLater`: of values that are checked once they are known. */
export const appProblems = (app: unknown, isLater?: IsLater): Problem[] =>
  isGiven(app) && !isLater?.(app) ? objectProblems(APP, FORMS, app, isLater) : [];

/** What one step is told of the application. */
export function appSettings(app: App, concern: string): { name: string; rule: Rule; value: string }[] {
  return NAMES.filter((name) => FIELDS[name].concern === concern).flatMap((name) => {
    const given = app[name] ?? FIELDS[name].default;
    if (given === undefined) return [];
    const value = typeof given === "string" ? trimmed(given) : given.join(" ");
    return [{ name: FIELDS[name].setting, rule: "exactly" as const, value }];
  });
}

/** What each step may be told of it: where the host uses it, and the form of a value there. */
export const APP_PLACES: ReadonlyMap<string, Readonly<Record<string, Place>>> = new Map(
  [APP, NGINX].map((concern) => [
    concern,
    Object.fromEntries(
      Object.values(FIELDS)
        .filter((field) => field.concern === concern)
        .map(({ setting, form, list }) => [setting, { at: APP, form: pattern(form, list) }]),
    ),
  ]),
);

/** Without a slash at the end, which would make two spellings of one folder. */
const trimmed = (text: string): string => (text.length > 1 ? text.replace(/\/+$/, "") : text);
