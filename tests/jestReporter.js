const { appendFileSync } = require("node:fs");
const { relative } = require("node:path");
const process = require("node:process");

/** Writes a line of JSON for each file of tests: jest's own report does not say which project a file ran in. */
module.exports = class {
  onTestResult({ path, context }, result) {
    const runs = process.env.HEAVYLOAD_TEST_RUNS;
    if (!runs) return; // jest was started by hand
    const { displayName, globals, rootDir } = context.config;
    const { start, end } = result.perfStats;
    // A file that could not even start counts as one failure.
    const failed = result.numFailingTests || (result.testExecError ? 1 : 0);
    const run = {
      project: displayName.name,
      kind: globals.KIND,
      release: globals.RELEASE,
      file: relative(rootDir, path),
      seconds: (end - start) / 1000,
      passed: result.numPassingTests,
      failed,
    };
    appendFileSync(runs, `${JSON.stringify(run)}\n`);
  }
};
