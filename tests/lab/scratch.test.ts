import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { run } from "../../lab/run";
import { Scratch } from "../../lab/scratch";

const CHECKOUT = join(__dirname, "..", "..");

/** Makes one with something in it, says where, and does what is given. */
const made = (then: string) =>
  run(
    process.execPath,
    [
      "-r",
      "tsx/cjs",
      "-e",
      `const { Scratch } = require("./lab/scratch");
       const { path } = new Scratch("test");
       require("node:fs").mkdirSync(path + "/inside");
       process.stdout.write(path, () => { ${then} });
       setInterval(() => 0, 1_000);`,
    ],
    { cwd: CHECKOUT },
  );

test.each([
  ["ends", "process.exit(3)", 3],
  ["is ended by Ctrl-C", 'process.kill(process.pid, "SIGINT")', 130],
  ["is told to end", 'process.kill(process.pid, "SIGTERM")', 143],
  ["throws", 'throw new Error("oh")', 1],
])("a scratch folder goes with a process that %s", async (_, then, code) => {
  const { stdout, code: found } = await made(then);
  expect([stdout.includes("heavyload-test-"), existsSync(stdout), found]).toEqual([true, false, code]);
});

test("it goes when it is told to, and alone", () => {
  const [one, other] = [new Scratch("test"), new Scratch("test")];
  mkdirSync(join(one.path, "inside"));
  writeFileSync(join(one.path, "inside", "file"), "");
  one.remove();
  one.remove(); // removing nothing is fine
  expect([existsSync(one.path), existsSync(other.path)]).toEqual([false, true]);
  other.remove();
  expect(existsSync(other.path)).toBe(false);
});
