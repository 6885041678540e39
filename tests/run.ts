// `npm test`: everything, from format to the real machine. Each check's own numbers are added up on the last line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../lab/engine";
import { ensureImage } from "../lab/machine/image";
import { ensurePackages } from "../lab/packages";
import { heartbeat, toStderr as say } from "../lab/progress";
import { run } from "../lab/run";
import { jestCounts, pytestCounts, type Counts } from "./counts";
import { pythonTools } from "./pythonTools";

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  /** Reads the runner's own numbers, where it has some. */
  readonly counts?: () => Counts;
}

/** Checks that run one after the other; the lanes run side by side, one a core. */
type Lane = readonly Check[];

/** What is quick and likely to fail comes first. Both lanes take about as long. */
function lanes(python: string, reports: string): readonly Lane[] {
  const jest = (project: string, ...args: string[]): Check => {
    const file = join(reports, `${project}.json`);
    const command = ["npx", "jest", "--selectProjects", project, "--json", `--outputFile=${file}`, ...args];
    return { name: project, command, counts: () => jestCounts(file) };
  };
  const junit = join(reports, "pytest.xml");
  const pytest = ["-q", "-p", "no:cacheprovider", `--junit-xml=${junit}`];
  const vermin = ["-q", "-t=3.9-", "--violations", "--no-tips", "components/host"];
  return [
    [
      { name: "format", command: ["npx", "prettier", "--check", "--log-level=warn", "."] },
      { name: "python format", command: [`${python}/ruff`, "format", "--check", "--quiet", "."] },
      { name: "python lint", command: [`${python}/ruff`, "check", "--quiet", "."] },
      { name: "python types", command: [`${python}/mypy`] },
      { name: "python 3.9", command: [`${python}/vermin`, ...vermin] },
      { name: "shell lint", command: ["sh", "-c", "git ls-files '*.sh' .ci/run | xargs shellcheck"] },
      { name: "types", command: ["npx", "tsc", "-p", "tsconfig.json"] },
      { name: "lint", command: ["npx", "eslint", "."] },
      jest("unit", "--maxWorkers=1"),
      { name: "host program", command: [`${python}/pytest`, ...pytest], counts: () => pytestCounts(junit) },
      jest("stack", "--runInBand"),
      jest("debian 13", "--runInBand"),
    ],
    [jest("real", "--runInBand"), jest("lab", "--runInBand")],
  ];
}

/** What one check came to. */
interface Outcome extends Counts {
  readonly name: string;
  readonly good: boolean;
}

/** Runs a check; its output comes as a whole at its end, since two lanes print. */
async function outcome({ name, command, counts }: Check): Promise<Outcome> {
  const [program = "", ...args] = command;
  const start = Date.now();
  const done = await heartbeat(say, name, run(program, args));
  const verdict = done.code === 0 ? "passed" : `FAILED with exit status ${done.code}`;
  // jest's --json puts its data on stdout, which the file has already.
  const output = counts && program === "npx" ? done.stderr : done.stdout + done.stderr;
  say(`${output.trimEnd()}\n== ${name}: ${verdict} in ${Math.round((Date.now() - start) / 1000)} s`);
  return { name, good: done.code === 0, ...(counts?.() ?? { passed: 0, failed: 0 }) };
}

async function main(args: readonly string[]): Promise<number> {
  const only = args[0] === "--only" ? args.slice(1).join(" ") : "";
  const reports = mkdtempSync(join(tmpdir(), "heavyload-test-"));
  try {
    if (args.length > 0 && !only) {
      const names = lanes("", "").flatMap((lane) => lane.map(({ name }) => name));
      console.log(`npm test [-- --only NAME]   checks everything, or one of: ${names.join(", ")}`);
      return args[0] === "--help" ? 0 : 2;
    }
    // What is slow to make the first time, side by side.
    const images = ensureImage(say, "bookworm", "vm").then(() => ensureImage(say, "trixie", "vm"));
    const [python, engine] = await Promise.all([pythonTools(say), findEngine(say), images]);
    const run = async (lane: Lane): Promise<Outcome[]> => {
      const outcomes: Outcome[] = [];
      for (const check of lane.filter(({ name }) => !only || name === only))
        outcomes.push(await outcome(check));
      return outcomes;
    };
    const outcomes = (await Promise.all(lanes(python, reports).map(run))).flat();
    const sum = (count: (one: Outcome) => number) => outcomes.reduce((total, one) => total + count(one), 0);
    const broken = outcomes.filter(({ good }) => !good).map(({ name }) => name);
    if (broken.length > 0) console.log(`failed: ${broken.join(", ")}`);
    console.log(engine.source);
    console.log(engine.commandPluginLine);
    console.log(`${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`);
    return broken.length === 0 && outcomes.length > 0 ? 0 : 1;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
