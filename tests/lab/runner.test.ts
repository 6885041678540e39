import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findEngine } from "../../lab/engine";
import { toStderr } from "../../lab/progress";
import { freePort, Sshd } from "./runnerSshd";
import { RunnerStack } from "./runnerStack";

/** Unit: milliseconds. The engine may have to be built first. */
const PATIENCE = { engine: 900_000, test: 90_000 };
const SAYS_SO = "warning: the lab's SSH runner stands in for the official command plugin";

let stack: RunnerStack;
beforeAll(async () => {
  stack = await RunnerStack.create(await findEngine(toStderr));
}, PATIENCE.engine);
afterAll(() => stack?.remove());

const json = JSON.stringify;

describe("local.Command", () => {
  const program = (stdin: string, trigger: string) =>
    stack.program(`
      const a = new local.Command("a", {
        create: "echo made; cat; echo progress >&2; printf 'end\\n\\n'",
        update: "echo moved after $PULUMI_COMMAND_STDERR; cat",
        delete: "echo taken $(cat) >> log",
        environment: { NAME: pulumi.secret("hush") },
        stdin: pulumi.secret(${json(stdin)}), triggers: [${json(trigger)}], dir: ${json(stack.folder)},
      });
      exports.stdout = a.stdout; exports.stderr = a.stderr;
    `);

  it(
    "is created, kept, updated, replaced and deleted",
    async () => {
      const preview = await program("one", "x").preview();
      expect(preview.stdout).toMatch(/stdout: \[unknown\]/);
      const up = await stack.up();
      expect(up.stdout).toMatch(/Command a creating .*progress/);
      expect(up.stdout).toContain(SAYS_SO);
      expect(stack.outputs()).toEqual({ stdout: "made\noneend\n", stderr: "progress" });
      expect(stack.state()).not.toMatch(/one"|hush/);

      const noop = await stack.up();
      expect(noop.stdout).toMatch(/2 unchanged/);
      expect(noop.stdout).toContain(SAYS_SO);

      expect((await program("two", "x").up()).stdout).toMatch(/~ 1 updated/);
      expect(stack.outputs()).toEqual({ stdout: "moved after progress\ntwo", stderr: "" });

      expect((await program("three", "y").up()).stdout).toMatch(/\+-1 replaced/);
      expect(stack.outputs()).toMatchObject({ stdout: "made\nthreeend\n" });
      expect((await stack.program("").up()).stdout).toMatch(/- 1 deleted/);
      expect(readFileSync(join(stack.folder, "log"), "utf8")).toBe("taken two\ntaken three\n");
    },
    PATIENCE.test,
  );

  it(
    "fails in the official plugin's words, and is not in the state then",
    async () => {
      stack.program(`
        new local.Command("exit", { create: "echo said; exit 4" });
        new local.Command("nowhere", { create: "true", dir: "/no/such" });
        new local.Command("nothing", { create: "true", interpreter: ["nosuchprogram"] });
        new local.Command("slow", { create: "exec sleep 20" }, { customTimeouts: { create: "1s" } });
      `);
      const { code, stdout } = await stack.up("--continue-on-error");
      expect(code).not.toBe(0);
      expect(stdout).toMatch(/error: exit status 4: running "echo said; exit 4":\n {4}said\n/);
      expect(stdout).toMatch(/error: chdir \/no\/such: no such file or directory: running "true"/);
      expect(stdout).toMatch(/error: exec: "nosuchprogram": executable file not found in \$PATH: running/);
      expect(stdout).toMatch(/error: signal: killed: running "exec sleep 20"/);
      expect(stack.state()).not.toMatch(/"type": "command:/);
    },
    PATIENCE.test,
  );

  it(
    "runs as an invoke, and refuses what the runner does not do",
    async () => {
      stack.program('exports.run = local.runOutput({ command: "echo hi; echo low >&2" });');
      expect((await stack.up()).stdout).toContain(SAYS_SO);
      expect(stack.outputs()).toMatchObject({ run: { stdout: "hi", stderr: "low" } });

      stack.program(`new local.Command("a", { create: "true", assetPaths: ["*"], archivePaths: ["*"] });`);
      expect((await stack.preview()).stderr).toMatch(/The lab's runner does not support 'assetPaths'/);
      stack.program(`
        const source = new pulumi.asset.StringAsset("x");
        new remote.CopyToRemote("a", { connection: { host: "h" }, source, remotePath: "/x" });
      `);
      expect((await stack.preview()).stderr).toMatch(
        /The lab's runner does not support command:remote:CopyToRemote/,
      );
    },
    PATIENCE.test,
  );
});

describe("remote.Command on a real sshd", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await Sshd.start();
  }, PATIENCE.test);
  afterAll(() => sshd?.stop());

  const command = (name: string, args: Record<string, unknown>, connection = sshd.connection()) =>
    `const ${name} = new remote.Command("${name}", ${json({ addPreviousOutputInEnv: false, ...args, connection })});
     exports.${name} = ${name}.stdout;\n`;

  it(
    "is created with a large stdin or none, kept without a login, updated and deleted",
    async () => {
      const large = "0123456789abcde\n".repeat(12_800);
      const both = (stdin: string) =>
        stack.program(
          command("a", { create: "wc -c", update: "echo now; wc -c", delete: "cat > /dev/null", stdin }) +
            command("b", { create: "wc -c" }) +
            command("c", { create: "echo through" }, sshd.connection({ proxy: sshd.connection() })),
        );
      expect((await both(large).up()).code).toBe(0);
      expect(stack.outputs()).toEqual({ a: "204800", b: "0", c: "through" });
      expect(stack.state()).not.toContain("PRIVATE KEY");

      const logins = sshd.logins();
      expect(logins).toBe(4);
      expect((await stack.up()).stdout).toMatch(/4 unchanged/);
      expect(sshd.logins()).toBe(logins);

      expect((await both("small").up()).stdout).toMatch(/~ 1 updated/);
      expect(stack.outputs()).toMatchObject({ a: "now\n5" });
      expect((await stack.program("").up()).stdout).toMatch(/- 3 deleted/);
      expect(sshd.logins()).toBe(logins + 2);
    },
    PATIENCE.test,
  );

  it(
    "shows each line of stderr as it comes",
    async () => {
      stack.program(
        command("a", { create: "echo out; for i in 1 2 3; do echo step $i >&2; done", logging: "stderr" }),
      );
      const { stdout } = await stack.up();
      expect(stdout.match(/Command a creating .*(step \d|out)$/gm)?.map((line) => line.slice(-6))).toEqual([
        "step 1",
        "step 2",
        "step 3",
      ]);
      expect(stack.outputs()).toEqual({ a: "out" });
    },
    PATIENCE.test,
  );

  it(
    "fails in the official plugin's words",
    async () => {
      const port = await freePort();
      const at = (changes: Record<string, unknown>) => sshd.connection({ dialErrorLimit: 2, ...changes });
      stack.program(
        command("exit", { create: "echo said >&2; exit 3" }) +
          command("killed", { create: "kill -TERM $$" }) +
          command("wrong", { create: "true" }, at({ hostKey: sshd.key("other.pub") })) +
          command("closed", { create: "true" }, at({ port })) +
          command("denied", { create: "true" }, at({ privateKey: sshd.key("other"), dialErrorLimit: 0 })) +
          command("nokey", { create: "true" }, at({ privateKey: "nonsense" })),
      );
      const { code, stdout } = await stack.up("--continue-on-error");
      expect(code).not.toBe(0);
      const refused = `dial tcp 127.0.0.1:${port}: connect: connection refused`;
      for (const text of [
        'error: Process exited with status 3: running "echo said >&2; exit 3":\n    said\n',
        'error: Process exited with status 143 from signal TERM: running "kill -TERM $$":',
        "error: after 2 failed attempts: ssh: handshake failed: ssh: host key mismatch",
        `error: after 2 failed attempts: ${refused}`,
        "error: after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate",
        "error: ssh: no key found",
        "Command closed creating",
        "Dial 1/2 failed: retrying",
        "Dial 2/2 failed: retrying",
      ]) {
        expect(stdout).toContain(text);
      }
      expect(stack.state()).not.toMatch(/"type": "command:/);
      expect(stdout).not.toContain("PRIVATE KEY");
    },
    PATIENCE.test,
  );

  it(
    "stops dialling when its time is up",
    async () => {
      const connection = json(sshd.connection({ port: await freePort(), dialErrorLimit: -1 }));
      stack.program(
        `new remote.Command("a", { create: "true", connection: ${connection} }, { customTimeouts: { create: "2s" } });`,
      );
      const { stdout } = await stack.up();
      expect(stdout).toMatch(/Dial \d+\/inf failed: retrying/);
      expect(stdout).toMatch(/error: context deadline exceeded/);
    },
    PATIENCE.test,
  );
});
