// `npm test`: everything, from format to the real machine. Each check's own numbers are added up on the last line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../lab/engine";
import { ensurePackages, TEST_NEEDS } from "../lab/packages";
import { toStderr, watched } from "../lab/progress";
import { run } from "../lab/run";
import { jestCounts, pytestCounts, type Counts } from "./counts";
import { pythonTools } from "./pythonTools";

const HELP = `npm test [-- --only NAME]   checks everything; NAME is one of the checks below

`;

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  /** Reads the runner's own numbers, where it has some. */
  readonly counts?: () => Counts;
}

/** The checks in their order: what is quick and likely to fail comes first. */
function checks(python: string, reports: string): readonly Check[] {
  const jest = (name: string, ...args: string[]): Check => {
    const file = join(reports, `${name}.json`);
    const command = ["npx", "jest", "--json", `--outputFile=${file}`, ...args];
    return { name, command, counts: () => jestCounts(file) };
  };
  const junit = join(reports, "pytest.xml");
  return [
    { name: "format", command: ["npx", "prettier", "--check", "--log-level=warn", "."] },
    { name: "python format", command: [`${python}/ruff`, "format", "--check", "--quiet", "."] },
    { name: "python lint", command: [`${python}/ruff`, "check", "--quiet", "."] },
    { name: "python types", command: [`${python}/mypy`] },
    {
      name: "python 3.9",
      command: [`${python}/vermin`, "-q", "-t=3.9-", "--violations", "--no-tips", "components/host"],
    },
    { name: "shell lint", command: ["sh", "-c", "git ls-files '*.sh' .ci/run | xargs shellcheck"] },
    { name: "types", command: ["npx", "tsc", "-p", "tsconfig.json"] },
    { name: "lint", command: ["npx", "eslint", "."] },
    jest("unit", "--testPathIgnorePatterns=tests/lab/", "tests/real/"),
    {
      name: "host program",
      command: [`${python}/pytest`, "-q", "-n", "2", "-p", "no:cacheprovider", `--junit-xml=${junit}`],
      counts: () => pytestCounts(junit),
    },
    jest("lab", "--runInBand", "tests/lab/"),
    jest("real machine", "--runInBand", "tests/real/"),
  ];
}

async function main(args: readonly string[]): Promise<number> {
  const say = toStderr;
  const reports = mkdtempSync(join(tmpdir(), "heavyload-test-"));
  try {
    const only = args[0] === "--only" ? args[1] : undefined;
    if (args.length > 0 && !only) {
      console.log(
        HELP +
          checks("", "")
            .map(({ name }) => `  ${name}`)
            .join("\n"),
      );
      return args[0] === "--help" ? 0 : 2;
    }
    await ensurePackages(say, TEST_NEEDS);
    const python = await pythonTools(say);
    const engine = await findEngine(say);
    const total = { passed: 0, failed: 0 };
    const broken: string[] = [];
    for (const check of checks(python, reports).filter(({ name }) => !only || name === only)) {
      const start = Date.now();
      say(`\n== ${check.name}`);
      const [command = "", ...rest] = check.command;
      const done = await watched(say, check.name, (onLine) =>
        run(command, rest, { onLine, env: { ...engine.env } }),
      );
      say(
        `== ${check.name}: ${done.code === 0 ? "passed" : "FAILED"} in ${Math.round((Date.now() - start) / 1000)} s`,
      );
      if (done.code !== 0) broken.push(check.name);
      const counts = check.counts?.();
      total.passed += counts?.passed ?? 0;
      total.failed += counts?.failed ?? 0;
    }
    if (broken.length > 0) console.log(`failed: ${broken.join(", ")}`);
    console.log(engine.source);
    console.log(engine.commandPluginLine);
    console.log(`${total.passed} passed, ${total.failed} failed`);
    return broken.length === 0 ? 0 : 1;
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
