/** Property values as they travel between engine and provider: JSON, with secrets wrapped and unknowns marked. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Fields = Record<string, Value>;

/** Marks a value that a preview does not know yet (`UnknownStringValue` of the Pulumi SDK). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Key and value that make an object a wrapped secret (`specialSigKey`, `specialSecretSig` of the Pulumi SDK). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

export function isObject(value: Value | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: Value | undefined): value is { value: Value } {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

export function secret(value: Value): Value {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

/** The value without any secret wrapper, at any depth. */
export function plain(value: Value): Value {
  if (isSecret(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value)) return mapFields(value, plain);
  return value;
}

export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** Absent and null are the same to the engine; only one of them may reach a comparison. */
export function withoutNulls(fields: Fields): Fields {
  const tidy = (value: Value): Value =>
    Array.isArray(value) ? value.map(tidy) : isObject(value) ? withoutNulls(value) : value;
  return mapFields(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)), tidy);
}

function mapFields(fields: Fields, change: (value: Value) => Value): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]));
}

export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, i) => equal(value, b[i]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => equal(a[key], b[key]));
  }
  return a === b;
}
