import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { run } from "../../lab/run";

const PROJECT = resolve(__dirname, "../..");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The command with an `ssh` of the test's own. */
function audit(script: string, ...args: readonly string[]) {
  writeFileSync(join(folder, "ssh"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "ssh"), 0o755);
  const env = { PATH: `${folder}:${process.env["PATH"]}` };
  return run(process.execPath, ["-r", "tsx/cjs", "bin/heavyload.ts", "audit", ...args], {
    cwd: PROJECT,
    env,
  });
}

const ANSWER = JSON.stringify({
  owner: "",
  host: { os: "Debian", kernel: "6", cpus: 64, memoryMiB: 64000 },
  settings: [{ name: "a", now: "1", wanted: "1", rule: "exactly", state: "in force", ok: true }],
  ...{ changes: [], notes: [], files: [], refused: [], usage: [] },
});

it("hands ssh its options, the host and one line, and the program on standard input", async () => {
  const script = `for word; do printf "[%s]\\n" "$word" >>${folder}/words; done; cat >${folder}/stdin; echo Welcome; echo '${ANSWER}'`;
  const { code, stdout } = await audit(script, "me@web", "--tier", "2k", "--ssh=-p", "--ssh=2222", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ tier: "2k", holds: true, host: { cpus: 64 } });
  const { stdout: words } = await run("cat", [join(folder, "words")]);
  expect(words).toMatch(
    /^\[-p\]\n\[2222\]\n\[--\]\n\[me@web\]\n\[sh -c 'p=\/usr\/bin\/python3;.* audit host'\]\n$/,
  );
  expect((await run("tail", ["-n", "12", join(folder, "stdin")])).stdout).toContain("concern: host\n");
}, 30_000);

it.each([
  [
    "ssh's own failure",
    "echo no route >&2; exit 255",
    ["web", "--tier", "2k"],
    /no route\n.*exit status 255/,
  ],
  ["another answer", "echo hello", ["web", "--tier", "2k"], /said something else: hello/],
  ["a wrong tier", "exit 0", ["web", "--tier", "3k"], /tier is "3k", allowed: 2k/],
  [
    "no answer in time",
    "exec sleep 30",
    ["web", "--tier", "2k", "--timeout=1"],
    /no answer within 1 seconds/,
  ],
  ["no time", "exit 0", ["web", "--tier", "2k", "--timeout=0"], /timeout is "?0"?, allowed: 1 to 99999/],
  ["no host", "exit 0", ["--tier", "2k"], /host is "", allowed: one \[USER@\]HOST/],
  ["an option in the place of a host", "exit 0", ["--tier", "2k", "--", "-oProxyCommand=x"], /allowed: one/],
])(
  "cannot tell, and says why: %s",
  async (_, script, args, said) => {
    const { code, stderr, stdout } = await audit(script, ...args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(said);
  },
  30_000,
);

it("says why as JSON too, where JSON was asked for", async () => {
  const { code, stdout } = await audit("exit 0", "web", "--tier", "3k", "--json");
  expect([code, JSON.parse(stdout)]).toEqual([1, { error: expect.stringMatching(/^tier is "3k"/) }]);
}, 30_000);

it("ends well where whoever reads has read enough, and calls a wrong call by a status of its own", async () => {
  const shell = (line: string) => run("sh", ["-c", line], { cwd: PROJECT });
  const command = `${process.execPath} -r tsx/cjs bin/heavyload.ts`;
  const cut = await shell(`{ ${command} explain --tier 100k; echo $? >&2; } | true`);
  expect(cut.stderr).toBe("0\n");
  expect((await shell(`${command} bogus`)).code).toBe(64);
}, 30_000);
