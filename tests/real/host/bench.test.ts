// `npm run bench -- --quick`: a server that refuses, is stopped or answers 500 under load fails it; no time does.
import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { run } from "../../../lab/run";
import { MINUTES } from "../pristine";

const PROJECT = resolve(__dirname, "../../..");

test(
  "what a tier holds, answers and changes under load, each in a few points",
  async () => {
    const done = await run("npx", ["tsx", "bench/run.ts", "--quick"], { cwd: PROJECT });
    expect([done.code, done.code === 0 ? "" : done.stderr]).toEqual([0, ""]);
    for (const title of [
      "Connections held at once",
      "Requests in flight",
      "What breaks first",
      "A change under load",
    ])
      expect(done.stdout).toContain(title);
    expect(done.stdout).toMatch(/^tier 2k +2000 +2000 +2000 +0 +0 +0/m);
  },
  10 * MINUTES,
);
