import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zlibSync } from "fflate";
import { sha256 } from "./sha256";

/** The program that runs on the host, as the first step sends it. */
export interface HostProgram {
  /** Hash of the JSON text that `line` holds. */
  readonly sha256: string;
  /**
   * One line: `# ` and a JSON object of file texts by path, packed by zlib and written in base64: a third of the text,
   * which the engine would write into its state at every step. To a reader of YAML it is a comment.
   */
  readonly line: string;
}

const PACKAGE = "heavyload";
const LOADER = "loader.py";

const programs = new Map<string, HostProgram>();

/**
 * Reads the host program once in a process.
 * @throws Error that names a file and line with other characters than ASCII, which a host's locale could not print
 */
export function hostProgram(folder: string = join(__dirname, "..", "host")): HostProgram {
  const known = programs.get(folder);
  if (known) return known;
  const json = JSON.stringify(Object.fromEntries(paths(folder).map((path) => [path, source(folder, path)])));
  // Not by Node's own zlib, whose bytes depend on the processor: one stack is run from several computers.
  const packed = Buffer.from(zlibSync(strToU8(json), { level: 9 })).toString("base64");
  const program = { sha256: sha256(json), line: `# ${packed}` };
  programs.set(folder, program);
  return program;
}

/** Code-unit order: the same bytes, and so the same hash, on every machine. */
function paths(folder: string): string[] {
  const files = readdirSync(join(folder, PACKAGE), { recursive: true, encoding: "utf8" });
  const modules = files
    .filter((file) => file.endsWith(".py") || file.endsWith(".json"))
    .map((file) => [PACKAGE, ...file.split(/[\\/]/)].join("/"));
  return [LOADER, ...modules].sort();
}

function source(folder: string, path: string): string {
  const text = readFileSync(join(folder, path), "utf8");
  const line = text.split("\n").findIndex((part) => /[^\t -~]/.test(part)) + 1;
  if (line > 0)
    throw new Error(`${join(folder, path)}:${line}: the host program is ASCII with LF line ends alone`);
  return text;
}
