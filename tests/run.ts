// `npm test` and `npm run test:all`: from format to real machines. The runners' own numbers are added up on the last line.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { KindName } from "../lab/machine/kindName";
import { KINDS } from "../lab/machine/kinds";
import { heartbeat, toStderr as say, watched } from "../lab/progress";
import { run } from "../lab/run";
import { checks, projects, type Check, type Project } from "./checks";
import { jestRuns, total, type Counts, type FileRun } from "./counts";
import { Needs } from "./needs";
import { slowest, whatRanWhere } from "./summary";

const HELP = `npm test                        checks everything, from format to real machines
npm run test:all                the same on every release of Debian, and all tests of hosts on VMs too
npm test -- --only NAME         one of: %NAMES%
npm test -- FILE [-t TITLE]     the tests of files whose path has FILE in it, and of those the ones with TITLE; where
                                a file runs on several kinds of machine, --only says on which

HEAVYLOAD_KEEP_MACHINE=1 leaves the machine of a file of tests, to look at and for its next run.`;

/** Files of tests on machines at a time: one more than cores, since each of them waits a fourth of its time. */
const WORKERS = 1 + Math.max(2, Math.min(4, cpus().length));

/** What one check came to. */
interface Outcome extends Counts {
  readonly name: string;
  readonly good: boolean;
}

async function runCheck({ name, command, counts }: Check, needs: Needs): Promise<Outcome> {
  const [program = "", ...args] = await command(needs);
  const start = Date.now();
  const done = await heartbeat(say, name, run(program, args));
  const verdict = done.code === 0 ? "passed" : `FAILED with exit status ${done.code}`;
  const output = `${done.stdout}${done.stderr}`.trimEnd();
  say(`${output}${output && "\n"}== ${name}: ${verdict} in ${seconds(start)} s`);
  const good = done.code === 0;
  const { passed, failed } = counts?.() ?? { passed: 0, failed: 0 };
  return { name, good, passed, failed: good ? failed : Math.max(1, failed) };
}

/** Two at a time: the first of those that wait begins when one ends. */
async function twoAtATime(waiting: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...waiting];
  const lane = async () => {
    for (let task = left.shift(); task; task = left.shift()) await task();
  };
  await Promise.all([lane(), lane()]);
}

interface JestOptions {
  readonly projects: readonly Project[];
  /** Files at a time. */
  readonly workers: number;
  readonly file?: string | undefined;
  readonly title?: string | undefined;
  /** Where jestReporter.js writes. */
  readonly runs: string;
}

async function runJest(options: JestOptions, needs: Needs): Promise<readonly FileRun[]> {
  const { projects, workers, file, title, runs } = options;
  await Promise.all(projects.map(({ ready }) => ready(needs)));
  const args = [
    ...["jest", "--selectProjects", ...projects.map(({ name }) => name), "--maxWorkers", String(workers)],
    ...["--reporters=default", "--reporters=./tests/jestReporter.js"],
    ...(file ? ["--testPathPatterns", file] : []),
    ...(title ? ["-t", title] : []),
  ];
  const env = { HEAVYLOAD_TEST_RUNS: runs };
  const start = Date.now();
  const names = projects.map(({ name }) => name).join(", ");
  const done = await watched(say, names, (onLine) => run("npx", args, { env, onLine }));
  const found = existsSync(runs) ? jestRuns(runs) : [];
  say(
    `== ${names}: ${done.code === 0 ? "passed" : `FAILED with exit status ${done.code}`} in ${seconds(start)} s`,
  );
  // Each project has run a file, and no failure goes unseen.
  const silent = projects.filter(({ name }) => !found.some(({ project }) => project === name));
  const { passed, failed } = total(found);
  const lost = [
    ...silent.map(({ name }) => ({ project: name, file: "no file was run" })),
    ...(done.code !== 0 && failed === 0 ? [{ project: names, file: "jest itself" }] : []),
    ...(passed + failed === 0 ? [{ project: names, file: "no test was run" }] : []),
  ];
  return [...found, ...lost.map((one) => ({ ...one, seconds: 0, passed: 0, failed: 1 }))];
}

const seconds = (start: number): number => Math.round((Date.now() - start) / 1000);

/** Containers where they can run, which is many times faster. */
async function kindOfHosts(): Promise<KindName> {
  const hindrance = await KINDS.container.hindrance();
  if (hindrance) say(`NOTE: ${hindrance}: all machines are VMs, which takes much longer`);
  return hindrance ? "vm" : "container";
}

interface PlanInput {
  /** The one check or project that is wanted. */
  readonly only?: string | undefined;
  readonly all: boolean;
  readonly file?: string | undefined;
  readonly title?: string | undefined;
}

/** What the command line asks for; nothing when it is not understood or asks for help. */
function wish(): PlanInput | "help" | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string" },
      all: { type: "boolean", default: false },
      title: { type: "string", short: "t" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  // Names have blanks: --only debian 13.
  const name = [values.only ?? "", ...positionals].join(" ");
  const [only, rest] = names().includes(name) ? [name, []] : [values.only, positionals];
  if (rest.length > 1 || (only !== undefined && !names().includes(only))) return undefined;
  return { only, all: values.all, file: rest[0], title: values.title };
}

const names = (): string[] => [...checks(""), ...projects("container")].map(({ name }) => name);

/** Whether a project has a file of that name. */
async function hasFile(project: string, file: string): Promise<boolean> {
  const args = ["jest", "--listTests", "--selectProjects", project, "--testPathPatterns", file];
  return (await run("npx", args)).stdout.includes(".test.ts");
}

async function chosenProjects({ only, all, file }: PlanInput): Promise<readonly Project[]> {
  if (only !== undefined && checks("").some(({ name }) => name === only)) return [];
  const wanted = projects(await kindOfHosts()).filter(({ name, more }) =>
    only ? name === only : all || !more,
  );
  if (file === undefined) return wanted;
  const has = await Promise.all(wanted.map(({ name }) => hasFile(name, file)));
  return wanted.filter((_, index) => has[index]);
}

async function main(): Promise<number> {
  const wanted = wish();
  if (wanted === undefined || wanted === "help") {
    console.log(HELP.replace("%NAMES%", names().join(", ")));
    return wanted === "help" ? 0 : 2;
  }
  if (wanted.all) process.env["HEAVYLOAD_TEST_ALL"] = "1";
  const start = Date.now();
  const needs = new Needs(say);
  const reports = mkdtempSync(join(tmpdir(), "heavyload-test-"));
  try {
    const { only, file, title } = wanted;
    const chosen = checks(reports).filter(({ name }) => (only ? name === only : file === undefined));
    const jest = await chosenProjects(wanted);
    // What is slow to make the first time is made meanwhile; what fails there fails again when it is asked for.
    for (const { ready } of jest) void ready(needs).catch(() => undefined);
    const outcomes: Outcome[] = [];
    const runs: FileRun[] = [];
    const tests = async (some: readonly Project[], workers: number) => {
      const names = some.map(({ name }) => name);
      const options = { projects: some, workers, file, title, runs: join(reports, names.join()) };
      if (some.length > 0) runs.push(...(await runJest(options, needs)));
    };
    await twoAtATime([
      ...chosen.map((check) => async () => void outcomes.push(await runCheck(check, needs))),
      () =>
        tests(
          jest.filter(({ onMachines }) => !onMachines),
          1,
        ),
    ]);
    await tests(
      jest.filter(({ onMachines }) => onMachines),
      WORKERS,
    );
    return await report(outcomes, runs, needs, start);
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

async function report(
  outcomes: readonly Outcome[],
  runs: readonly FileRun[],
  needs: Needs,
  start: number,
): Promise<number> {
  const { passed, failed } = total([...outcomes, ...runs]);
  const broken = [...outcomes.filter(({ good }) => !good), ...runs.filter((one) => one.failed > 0)];
  if (runs.length > 0) console.log(`\n${whatRanWhere(runs)}\n\n${slowest(runs)}`);
  if (runs.some(({ kind }) => kind !== undefined)) {
    const { source, commandPluginLine } = await needs.engine();
    console.log(`${source}\n${commandPluginLine}`);
  }
  console.log(`${seconds(start)} seconds in all`);
  if (broken.length > 0)
    console.log(
      `failed: ${broken.map((one) => ("name" in one ? one.name : `${one.file} (${one.project})`)).join(", ")}`,
    );
  console.log(`${passed} passed, ${failed} failed`);
  return broken.length === 0 && outcomes.length + runs.length > 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
