// Keys and agents change between an `up` and a `destroy`: another login, another computer, a rotation.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "../../../lab/run";
import { LOGIN, Agent } from "../agent";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { TestStack } from "../../../lab/drive/stack";
import { succeeded } from "../../../lab/drive/tuned";

let host: Pristine;
let keys: string;

eachFromPristine((pristine) => {
  host = pristine;
});

beforeAll(() => {
  keys = mkdtempSync(join(tmpdir(), "heavyload-keys-"));
});

afterAll(() => rmSync(keys, { recursive: true, force: true }));

async function newKey(name: string): Promise<string> {
  const path = join(keys, name);
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path]);
  return path;
}

/** From now on the login takes this key alone. */
const takes = (path: string) =>
  host.tuned.root(`cat >/home/${LOGIN}/.ssh/authorized_keys`, readFileSync(`${path}.pub`, "utf8"));

async function withStack(act: (stack: TestStack) => Promise<void>): Promise<void> {
  const stack = await TestStack.make("real");
  const file = `/home/${LOGIN}/.ssh/authorized_keys`;
  await host.tuned.root(`cp -a ${file} /run/kept-keys`);
  try {
    await stack.configure({ machine: host.machine, connection: { user: LOGIN } });
    await act(stack);
    expect(await host.tuned.root("ls -d /etc/heavyload /var/lib/heavyload 2>/dev/null || true")).toBe("");
  } finally {
    await host.tuned.root(`mv /run/kept-keys ${file}`);
    stack.remove();
  }
  expect(await host.untouched()).toEqual([]);
}

test(
  "by an agent, nothing of which is kept: another one with another key destroys",
  async () => {
    await withStack(async (stack) => {
      const [first, second] = [await newKey("first"), await newKey("second")];
      await stack.pulumi.must("config rm", ["--path", "heavyload:connection.privateKey"]);
      await stack.pulumi.must("config set", ["--path", "heavyload:connection.agent", "true"]);
      await takes(first);
      await Agent.with(first, async (agent) => {
        succeeded(await stack.pulumi.run("up", ["--yes", "--skip-preview"], agent.options));
        expect(await stack.pulumi.must("stack export")).not.toContain(agent.socket);
      });
      await takes(second);
      const alone = await stack.destroy();
      expect(alone.code).not.toBe(0);
      await Agent.with(second, async (agent) => {
        succeeded(await stack.pulumi.run("destroy", ["--yes", "--skip-preview"], agent.options));
      });
    });
  },
  5 * MINUTES,
);

test(
  "a key in the configuration is changed by an `up` that changes nothing on the host, and then destroys",
  async () => {
    await withStack(async (stack) => {
      const [first, second] = [await newKey("old"), await newKey("new")];
      await stack.secret("connection.privateKey", readFileSync(first, "utf8"));
      await takes(first);
      succeeded(await stack.up());
      const started = () => host.tuned.root("systemctl show -P ExecMainStartTimestamp gunicorn nginx");
      const before = await started();
      await takes(second);
      await stack.secret("connection.privateKey", readFileSync(second, "utf8"));
      const changed = succeeded(await stack.up());
      expect(changed.stdout.split("\n").filter((line) => /: written|: \d+ -> \d+/.test(line))).toEqual([]);
      expect(await started()).toBe(before);
      succeeded(await stack.destroy());
    });
  },
  5 * MINUTES,
);
