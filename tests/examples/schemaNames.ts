import schema from "../../schema.json";

interface Type {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Type;
  readonly additionalProperties?: Type;
}
type Properties = Readonly<Record<string, Type>>;

/** A resource as a program in some language makes it. */
export interface Made {
  /** `TunedHost` */
  readonly class: string;
  readonly given: unknown;
  /** Names of its outputs that the program reads. */
  readonly read: readonly string[];
}

interface Resource {
  readonly properties: Properties;
  readonly inputProperties: Properties;
  readonly requiredInputs?: readonly string[];
}
interface ObjectType {
  readonly properties: Properties;
  readonly required?: readonly string[];
}

const RESOURCES = schema.resources as unknown as Readonly<Record<string, Resource>>;
const TYPES = schema.types as unknown as Readonly<Record<string, ObjectType>>;

/** What of it is not in the schema; `camel` turns a name as the language spells it into the schema's. */
export function strangeNames(made: Made, camel: (name: string) => string = (name) => name): string[] {
  const resource = RESOURCES[`heavyload:index:${made.class}`];
  if (!resource) return [`no class ${made.class}`];
  const { properties, inputProperties, requiredInputs = [] } = resource;
  return [
    ...objectNames(made.class, made.given, inputProperties, requiredInputs, camel),
    ...made.read
      .filter((name) => !(camel(name) in properties))
      .map((name) => `no output ${made.class}.${name}`),
  ];
}

function objectNames(
  path: string,
  given: unknown,
  properties: Properties,
  required: readonly string[],
  camel: (name: string) => string,
): string[] {
  if (typeof given !== "object" || given === null) return []; // a value from elsewhere
  const names = Object.keys(given).map(camel);
  return [
    ...required.filter((name) => !names.includes(name)).map((name) => `${path}.${name} is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const type = properties[camel(name)];
      return type ? valueNames(`${path}.${name}`, value, type, camel) : [`no ${path}.${name}`];
    }),
  ];
}

function valueNames(path: string, value: unknown, type: Type, camel: (name: string) => string): string[] {
  if (Array.isArray(value))
    return type.items
      ? value.flatMap((item: unknown, index) =>
          valueNames(`${path}[${index}]`, item, type.items ?? {}, camel),
        )
      : [`${path} is no list`];
  if (typeof value !== "object" || value === null) return [];
  const of = type.additionalProperties;
  if (of)
    return Object.entries(value).flatMap(([key, member]) => valueNames(`${path}[${key}]`, member, of, camel));
  const object = TYPES[type.$ref?.replace("#/types/", "") ?? ""];
  return object
    ? objectNames(path, value, object.properties, object.required ?? [], camel)
    : [`${path} is no object`];
}
