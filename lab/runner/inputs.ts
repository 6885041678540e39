import { hasUnknown, isObject, isSecret, secret, type Fields, type Value } from "./values";

/** How one input must look; `refused` says why the runner does not do it, though the official plugin does. */
interface Field {
  readonly type: "string" | "boolean" | "number" | "list" | "strings" | "string map" | "logging" | Shape;
  readonly required?: boolean;
  readonly default?: Value;
  readonly secret?: boolean;
  readonly refused?: string;
}
export interface Shape {
  readonly [name: string]: Field;
}

const LOGGING = ["stdout", "stderr", "stdoutAndStderr", "none"];

const SERVER: Shape = {
  host: { type: "string", required: true },
  port: { type: "number", default: 22 },
  user: { type: "string", default: "root" },
  password: { type: "string", secret: true },
  privateKey: { type: "string", secret: true },
  privateKeyPassword: { type: "string", secret: true },
  agentSocketPath: { type: "string" },
  dialErrorLimit: { type: "number", default: 10 },
  perDialTimeout: { type: "number", default: 15 },
  hostKey: { type: "string" },
};

const LIFECYCLE: Shape = {
  create: { type: "string" },
  update: { type: "string" },
  delete: { type: "string" },
  triggers: { type: "list" },
};

const COMMON: Shape = {
  stdin: { type: "string" },
  logging: { type: "logging" },
  addPreviousOutputInEnv: { type: "boolean" },
};

const GLOBS = "collecting files is left out of it";
const LOCAL: Shape = {
  ...COMMON,
  interpreter: { type: "strings" },
  dir: { type: "string" },
  environment: { type: "string map" },
  assetPaths: { type: "strings", refused: GLOBS },
  archivePaths: { type: "strings", refused: GLOBS },
};

export const LOCAL_COMMAND: Shape = { ...LIFECYCLE, ...LOCAL };
export const LOCAL_RUN: Shape = { ...LOCAL, command: { type: "string", required: true } };
export const REMOTE_COMMAND: Shape = {
  ...LIFECYCLE,
  ...COMMON,
  connection: { type: { ...SERVER, proxy: { type: SERVER } }, required: true, secret: true },
  environment: {
    type: "string map",
    refused:
      "it cannot tell whether sshd accepted a variable; put `NAME=value` before the command, or use `stdin`",
  },
};

/** Adds defaults and secrets as the official plugin's check does; `problems` are sentences without any value. */
export function checkFields(fields: Fields, shape: Shape, path = ""): { fields: Fields; problems: string[] } {
  const checked: Fields = {};
  const problems: string[] = [];
  for (const name of Object.keys(fields)) {
    if (!(name in shape))
      problems.push(`Unrecognized field '${path}${name}'; known are ${Object.keys(shape).join(", ")}`);
  }
  for (const [name, field] of Object.entries(shape)) {
    const at = `${path}${name}`;
    const given = fields[name] ?? field.default;
    if (given === undefined) {
      if (field.required) problems.push(`Missing required field '${at}'`);
      continue;
    }
    const result = checkValue(given, field, at);
    problems.push(...result.problems);
    checked[name] = field.secret ? secret(result.value) : result.value;
  }
  return { fields: checked, problems };
}

function checkValue(value: Value, field: Field, at: string): { value: Value; problems: string[] } {
  if (isSecret(value)) {
    const inner = checkValue(value.value, field, at);
    return { value: secret(inner.value), problems: inner.problems };
  }
  if (field.refused)
    return { value, problems: [`The lab's runner does not support '${at}': ${field.refused}`] };
  if (typeof field.type === "object" && isObject(value)) {
    const inner = checkFields(value, field.type, `${at}.`);
    return { value: inner.fields, problems: inner.problems };
  }
  const wanted = hasUnknown(value) ? undefined : mismatch(value, field.type);
  return { value, problems: wanted ? [`Field '${at}' must be ${wanted}; got ${nameOf(value)} instead`] : [] };
}

/** What was wanted, if the value is not that. */
function mismatch(value: Value, type: Field["type"]): string | undefined {
  const isText = (item: Value) => typeof (isSecret(item) ? item.value : item) === "string";
  if (typeof type === "object") return "an object";
  switch (type) {
    case "string":
    case "boolean":
    case "number":
      return typeof value === type ? undefined : `a ${type}`;
    case "list":
      return Array.isArray(value) ? undefined : "a list";
    case "strings":
      return Array.isArray(value) && value.every(isText) ? undefined : "a list of strings";
    case "string map":
      return isObject(value) && Object.values(value).every(isText) ? undefined : "an object of strings";
    case "logging":
      return LOGGING.includes(value as string) ? undefined : `one of ${LOGGING.join(", ")}`;
  }
}

const nameOf = (value: Value) => (Array.isArray(value) ? "a list" : `a ${typeof value}`);
