import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quoted, type Tuned } from "../../lab/drive/tuned";

/** What a script of this folder says, as JSON, of the real thing on the machine, where root runs it. */
export async function asked<T = object>(
  tuned: Tuned,
  script: string,
  words: readonly (string | number)[] = [],
  input?: string,
): Promise<T> {
  const text = readFileSync(join(__dirname, script), "utf8");
  return JSON.parse(await tuned.root(`python3 -I -c ${quoted(text)} ${words.join(" ")}`, input)) as T;
}
