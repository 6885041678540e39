// Who tunes a host: one stack in one state, whatever else is called so, and however the host is reached.
import { expect, test } from "@jest/globals";
import type { Machine } from "../../../lab/machine";
import { eachWithStack } from "../eachWithStack";
import { linesOf, LOAD } from "../../../lab/drive/load";
import { MINUTES, OURS, SOMAXCONN, type Pristine } from "../pristine";
import { TestStack } from "../../../lab/drive/stack";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let live: Tuned;
let stack: TestStack;

eachWithStack((pristine, ofTest) => {
  host = pristine;
  live = host.tuned;
  stack = ofTest;
});

/** The host is tuned by the test's stack, and another one of that name wants it too. */
async function withRival(name: string, act: (rival: TestStack) => Promise<void>): Promise<void> {
  await stack.configure({ machine: host.machine });
  succeeded(await stack.up());
  const rival = await TestStack.make(name);
  try {
    await rival.configure({ machine: host.machine });
    await act(rival);
  } finally {
    rival.remove();
  }
}

test(
  "another stack's host is refused, by that stack's name",
  async () => {
    await withRival("rival", async (rival) => {
      const done = await rival.up();
      expect(done.code).not.toBe(0);
      expect(done.stdout + done.stderr).toContain("wanted heavyload/rival/host, found heavyload/real/host");
      succeeded(await rival.destroy());
      expect(await live.root(`cat ${OURS}`)).toContain(SOMAXCONN);
    });
  },
  8 * MINUTES,
);

test(
  "a host of another state with a stack of the same name is refused, unless the stack is told to take it over",
  async () => {
    await withRival("real", async (rival) => {
      const done = await rival.up();
      expect(done.code).not.toBe(0);
      expect(done.stdout + done.stderr).toMatch(
        /wanted heavyload\/real\/host \(state (\S+)\), found heavyload\/real\/host \(state (?!\1)\S+\)/,
      );
      expect(await live.root(`cat ${OURS}`)).toContain(SOMAXCONN);
      await rival.configure({ machine: host.machine, lines: [...linesOf(LOAD), "adopt: true"] });
      succeeded(await rival.up());
      succeeded(await stack.destroy());
      expect(await live.root(`cat ${OURS}`)).toContain(SOMAXCONN);
      succeeded(await rival.destroy());
      expect(await host.untouched()).toEqual([]);
    });
  },
  8 * MINUTES,
);

test(
  "takes a state of an earlier version over, and another port of the same machine changes nothing on it",
  async () => {
    await stack.configure({ machine: host.machine });
    succeeded(await stack.up());
    const before = await live.root("systemctl show -P ExecMainStartTimestamp gunicorn nginx");
    const state = JSON.parse(await stack.pulumi.must("stack export")) as State;
    await stack.pulumi.must("stack import", [], { input: JSON.stringify(ofEarlier(state, host.machine)) });
    await live.root("sed -i 's/ .*//' /var/lib/heavyload/owner");
    const taken = succeeded(await stack.up());
    expect(taken.stdout).toMatch(/1 created\s+~ 6 updated\s+7 changes. 3 unchanged/);
    expect(await live.root("cat /var/lib/heavyload/owner")).toMatch(
      /^heavyload\/real\/host [0-9a-f-]{36}\n$/,
    );
    await live.root(
      "printf 'Port 22\\nPort 2222\\n' >/etc/ssh/sshd_config.d/port.conf; systemctl restart ssh",
    );
    // A VM has but one port that is reached from outside.
    const connection: Record<string, string | number> =
      host.machine.host === "127.0.0.1" ? { host: "localhost" } : { port: 2222 };
    await stack.configure({ machine: host.machine, connection });
    const moved = succeeded(await stack.up());
    expect(moved.stdout).not.toMatch(/replace/);
    expect(await live.root("systemctl show -P ExecMainStartTimestamp gunicorn nginx")).toBe(before);
    succeeded(await stack.destroy());
    await live.root("rm /etc/ssh/sshd_config.d/port.conf; systemctl restart ssh");
    expect(await host.untouched()).toEqual([]);
  },
  10 * MINUTES,
);

interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

interface State {
  readonly deployment: { readonly resources: readonly Resource[] };
}

/** What an earlier version left: it knew a host by its address, and had no number for a state. */
function ofEarlier({ deployment, ...rest }: State, { host, port }: Machine): object {
  const isNumber = ({ type }: Resource) => type === "pulumi:index:Stash";
  const numbers = deployment.resources.filter(isNumber).map(({ urn }) => urn);
  const others = (urns: readonly string[] = []) => urns.filter((urn) => !numbers.includes(urn));
  const earlier = (values: Resource["inputs"]) => ({
    ...values,
    stdin: String(values?.["stdin"]).replace(/^state: .*\n/m, ""),
    triggers: [`${host}:${port}`],
  });
  const resources = deployment.resources
    .filter((resource) => !isNumber(resource))
    .map((resource) => {
      const { dependencies, propertyDependencies = {} } = resource;
      const kept = {
        ...resource,
        dependencies: others(dependencies),
        propertyDependencies: Object.fromEntries(
          Object.entries(propertyDependencies).map(([name, urns]) => [name, others(urns)]),
        ),
      };
      if (resource.type !== "command:remote:Command") return kept;
      return {
        ...kept,
        inputs: earlier(resource.inputs),
        outputs: earlier(resource.outputs),
        replacementTrigger: undefined,
      };
    });
  return { ...rest, deployment: { ...deployment, resources } };
}
