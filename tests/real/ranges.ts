import type { Setting } from "../../components/tuning/setting";

/** Both ends of a setting's range, as the host spells them. */
export function ends({ type }: Setting): [string, string] {
  switch (type.kind) {
    case "word":
      return [type.words[0] ?? "", type.words.at(-1) ?? ""];
    case "range":
      return [`${type.min} ${type.min + 2}`, `${type.max - 1} ${type.max}`];
    case "integer":
    case "ports":
      return [String(type.min), String(type.max)];
  }
}
