// docs/guide.md, "Upgrading the package": a host that an earlier version tuned is taken over by this one.
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { linesOf, LOAD, LOWER } from "../../../lab/drive/load";
import { TestStack } from "../../../lab/drive/stack";
import { succeeded } from "../../../lab/drive/tuned";
import { must, run } from "../../../lab/run";
import { eachFromPristine, MINUTES, SOMAXCONN, type Pristine } from "../pristine";

const PROJECT = resolve(__dirname, "../../..");
/** The version whose hosts are upgraded. */
const EARLIER = "38a14137fb5ea9d28be4787c81d6922b9cfc0d08";

let host: Pristine;
let earlier: string;
let stack: TestStack;

eachFromPristine((pristine) => (host = pristine));

beforeAll(async () => {
  earlier = mkdtempSync(join(tmpdir(), "heavyload-earlier-"));
  const archive = join(earlier, "archive.tar");
  const made = await run("git", ["-C", PROJECT, "archive", "--output", archive, EARLIER]);
  if (made.code !== 0)
    throw new Error(`The version ${EARLIER} is not in this clone: git fetch --unshallow\n${made.stderr}`);
  await must("tar", ["-xf", archive, "-C", earlier]);
  symlinkSync(join(PROJECT, "node_modules"), join(earlier, "node_modules"));
  stack = await TestStack.make("upgrade", earlier);
}, 5 * MINUTES);

afterAll(() => {
  stack.remove();
  rmSync(earlier, { recursive: true, force: true });
});

test(
  "a host that an earlier version tuned: taken over, changed to another tier, and put back byte for byte",
  async () => {
    const { machine, tuned } = host;
    await stack.configure({ machine, lines: ["host: existing", ...linesOf(LOWER)] });
    succeeded(await stack.up());
    const before = (await tuned.root("ls /var/lib/heavyload/bin")).trim();
    expect(await tuned.root("heavyload status")).toContain("owner: heavyload/upgrade/host");

    stack.use();
    expect(await stack.preview()).toMatch(/~ command:remote:Command: \(update\)/);
    succeeded(await stack.up());
    expect((await tuned.root("ls /var/lib/heavyload/bin")).trim()).not.toBe(before);
    expect(await tuned.root("heavyload verify")).toMatch(/^no drift/);
    expect(succeeded(await stack.up()).stdout).not.toMatch(/Command \S+ (updat|creat|replac)/);

    await stack.configure({ machine, lines: ["host: existing", ...linesOf(LOAD)] });
    succeeded(await stack.up());
    expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
    expect(await tuned.root("heavyload verify")).toMatch(/^no drift/);

    succeeded(await stack.destroy());
    expect(await host.untouched()).toEqual([]);
  },
  6 * MINUTES,
);
