// `npm run decisions`: takes out the line behind each decision in docs/decisions.md and sees its test fail.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { KINDS } from "../lab/machine/kinds";
import { heartbeat, toStderr as say } from "../lab/progress";
import { run } from "../lab/run";

const PROJECT = join(__dirname, "..");

/** A row of docs/decisions.md. */
export interface Decision {
  readonly name: string;
  /** File in tests/real, and the test's title. */
  readonly file: string;
  readonly title: string;
  /** The file that holds the line, and the line without the space around it. */
  readonly source: string;
  readonly line: string;
}

/** A span of code in Markdown may hold back-quotes of its own: between two pairs of them, or at the end of a cell. */
const ROW = /^\| (\d+\. .+) \| `([^`]+)`: (.+) \| `+([^`]+)`+: `+(.+?)`+ \|$/;

export function decisions(): Decision[] {
  const rows = readFileSync(join(PROJECT, "docs", "decisions.md"), "utf8")
    .split("\n")
    .filter((row) => /^\| \d/.test(row));
  return rows.map((row) => {
    const [, name = "", file = "", title = "", source = "", line = ""] = ROW.exec(row) ?? [];
    if (!line) throw new Error(`docs/decisions.md: this row has another form than the others:\n${row}`);
    return { name, file, title, source, line };
  });
}

/** The places of a line in a text, by their index. */
export function places(text: string, line: string): number[] {
  return text.split("\n").flatMap((found, index) => (found.trim() === line ? [index] : []));
}

/** Python wants something in a block: the line's place is kept by `pass`, in a list or a call by nothing. */
function without(text: string, { source, line }: Decision): string {
  const lines = text.split("\n");
  const [index = -1] = places(text, line);
  const statement = source.endsWith(".py") && !line.endsWith(",");
  lines.splice(index, 1, ...(statement ? [(lines[index] ?? "").replace(/\S.*/, "pass")] : []));
  return lines.join("\n");
}

/** Whether the test fails without the line, as it should. */
async function fails(decision: Decision): Promise<boolean> {
  const path = join(PROJECT, decision.source);
  const text = readFileSync(path, "utf8");
  const pattern = decision.title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const args = [
    "jest",
    `tests/real/${decision.file}`,
    "--runInBand",
    "-t",
    pattern,
    "--selectProjects",
    dirname(decision.file), // a project has its folder's name
  ];
  try {
    writeFileSync(path, without(text, decision));
    const done = await heartbeat(say, decision.name, run("npx", args, { cwd: PROJECT }));
    const tried = /^Tests:.*\b[1-9]\d* (failed|passed)/m.exec(done.stderr);
    if (!tried) throw new Error(`no test was run:\n${done.stderr}`);
    return done.code !== 0;
  } finally {
    writeFileSync(path, text);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const only = args[0] === "--only" ? `${args[1]}.` : "";
  if (args.length > 0 && !only) {
    console.log("npm run decisions [-- --only NUMBER]");
    return args[0] === "--help" ? 0 : 2;
  }
  // Where no machine can be made every test fails, whatever line is there.
  const hindrance = await KINDS.container.hindrance();
  if (hindrance) throw new Error(`The decisions are shown on containers: ${hindrance}`);
  let bad = 0;
  for (const decision of decisions().filter(({ name }) => name.startsWith(only))) {
    const good = await fails(decision);
    console.log(`${good ? "fails, as it should" : "STILL PASSES       "}  ${decision.name}`);
    if (!good) bad += 1;
  }
  return bad === 0 ? 0 : 1;
}

if (require.main === module)
  main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    },
  );
