import { FAMILIES, testsOf } from "../components/ec2/families";
import type { Tests } from "../components/tuning/systems";
import schema from "../schema.json";
import { code, markdownTable } from "./markdown";

interface Type {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Type;
  readonly additionalProperties?: Type;
}
interface Property extends Type {
  readonly description?: string;
}
type Properties = Readonly<Record<string, Property>>;
interface Resource {
  readonly description?: string;
  readonly properties: Properties;
  readonly required?: readonly string[];
  readonly inputProperties: Properties;
  readonly requiredInputs?: readonly string[];
}
interface ObjectType {
  readonly properties: Properties;
  readonly required?: readonly string[];
}

const RESOURCES = Object.entries(schema.resources as unknown as Readonly<Record<string, Resource>>);
const TYPES = Object.entries(schema.types as unknown as Readonly<Record<string, ObjectType>>);
const shortOf = (token: string): string => token.split(/[:/]/).pop() ?? token;

/** docs/reference.md, from the schema, and so from the docstrings. */
export function api(): string {
  const names = TYPES.map(([token]) => shortOf(token));
  const classes = RESOURCES.flatMap(([token, resource]) => [
    `## ${shortOf(token)}`,
    "",
    flat(resource.description),
    "",
    "Arguments:",
    "",
    table(resource.inputProperties, resource.requiredInputs, names),
    "",
    "Outputs:",
    "",
    table(resource.properties, undefined, names),
    "",
  ]);
  const types = TYPES.flatMap(([token, type]) => [
    `## ${shortOf(token)}`,
    "",
    table(type.properties, type.required, names),
    "",
  ]);
  return [
    "# Reference",
    "",
    "Written by `npm run docs` from the docstrings, by way of `schema.json`. Names are TypeScript's and YAML's; Python",
    "spells them with underscores (`hostKey`: `host_key`). What is not required may be left out.",
    "",
    ...classes,
    ...types,
    "## Image families",
    "",
    "What `image` of Ec2HostArgs takes.",
    "",
    families(),
    "",
  ].join("\n");
}

const TESTS: Readonly<Record<Tests | "none", string>> = {
  run: "yes, on the lab's machines (amd64)",
  between: "no, but on Debian 11 to 14, between whose versions its own lie: a warning",
  none: "no: needs `allowUntested`",
};

function families(): string {
  const titles = [
    "family",
    "first user",
    "nginx's user",
    "site of nginx's package",
    "packages",
    "tests have run on it",
  ];
  const rows = [...FAMILIES].map(([name, { user, nginxUser, packagedSite, packages, installer }]) => [
    code(name),
    code(user),
    code(nginxUser),
    packagedSite ? code(packagedSite) : "in nginx.conf",
    `${Object.values(packages).join(", ")} (${installer})`,
    TESTS[testsOf(name)],
  ]);
  return markdownTable(titles, rows);
}

function table(
  properties: Properties,
  required: readonly string[] | undefined,
  names: readonly string[],
): string {
  const titles = ["name", "type", ...(required ? ["default"] : []), "meaning"];
  const rows = Object.entries(properties).map(([name, property]) => {
    const [, meaning = "", given] = /^(.*?)(?: Default: (.*)\.)?$/.exec(flat(property.description)) ?? [];
    const standard = required?.includes(name) ? "required" : (given ?? "-");
    return [code(name), typeText(property, names), ...(required ? [standard] : []), meaning];
  });
  return markdownTable(titles, rows);
}

function typeText({ type, $ref, items, additionalProperties }: Type, names: readonly string[]): string {
  if (items) return `list of ${typeText(items, names)}`;
  if (additionalProperties) return `object of ${typeText(additionalProperties, names)}`;
  const name = shortOf($ref ?? "");
  if (names.includes(name)) return `[${name}](#${name.toLowerCase()})`;
  return type ?? "anything";
}

const flat = (text = ""): string => text.replace(/\s+/g, " ").trim();
