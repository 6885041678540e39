import { parsePorts, renderPorts } from "./ports";

/** What kind of value a setting takes, and between which bounds. */
export type ValueType =
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "range"; readonly min: number; readonly max: number }
  | { readonly kind: "ports"; readonly min: number; readonly max: number }
  | { readonly kind: "word"; readonly words: readonly string[] };

/** The value in its one spelling (single spaces, ports sorted and joined); undefined if it is not allowed. */
export function parseValue(type: ValueType, given: unknown): string | undefined {
  if (typeof given !== "string" && typeof given !== "number") return undefined;
  const text = String(given).trim();
  if (type.kind === "word") return type.words.includes(text) ? text : undefined;
  const within = (...numbers: number[]) => numbers.every((n) => n >= type.min && n <= type.max);
  switch (type.kind) {
    case "integer":
      return /^\d+$/.test(text) && within(Number(text)) ? String(Number(text)) : undefined;
    case "range": {
      const fields = /^(\d+)\s+(\d+)$/.exec(text)?.slice(1).map(Number);
      const [lower, upper] = fields ?? [];
      if (lower === undefined || upper === undefined || !within(lower, upper) || lower >= upper)
        return undefined;
      return `${lower} ${upper}`;
    }
    case "ports": {
      const spans = parsePorts(text);
      return spans?.every(({ first, last }) => within(first, last)) ? renderPorts(spans) : undefined;
    }
  }
}

/** What `parseValue` lets through, for people. */
export function allowedValues(type: ValueType): string {
  if (type.kind === "word") return type.words.join(" or ");
  const { kind, min, max } = type;
  switch (kind) {
    case "integer":
      return `a whole number from ${min} to ${max}`;
    case "range":
      return `"lower upper", two whole numbers from ${min} to ${max}, the first below the second`;
    case "ports":
      return `ports and spans of ports from ${min} to ${max}, like "5432,8000-8001"`;
  }
}
