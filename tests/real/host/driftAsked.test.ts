// `heavyload:drift: ask`, through the real engine.
import { expect, test } from "@jest/globals";
import { linesOf, LOAD } from "../../../lab/drive/load";
import { Logins, type TestStack } from "../../../lab/drive/stack";
import { cutPower } from "../../../lab/machine";
import { eachWithStack } from "../eachWithStack";
import { MINUTES, SOMAXCONN, type Pristine } from "../pristine";

let host: Pristine;
let stack: TestStack;

eachWithStack((pristine, ofTest) => {
  host = pristine;
  stack = ofTest;
});

const ASKS = [...linesOf(LOAD), "drift: ask"];
/** The steps that an operation changes. */
const changed = (said: string): string[] =>
  [...said.matchAll(/ host-(\w+) (?:update|updated)\b/g)].map(([, step = ""]) => step);

test(
  "what drifted is a line each in the preview, `up` repairs just that, and then there is nothing to do",
  async () => {
    await stack.configure({ machine: host.machine, lines: ASKS });
    const logins = new Logins(host.machine);
    await logins.since();
    expect(await stack.pulumi.must("preview")).not.toContain("warning: The host");
    expect(await logins.since()).toBe(1);
    await stack.pulumi.must("up", ["--yes", "--skip-preview"]);
    expect(await stack.pulumi.must("preview", ["--expect-no-changes"])).toContain("unchanged");

    const edit = "echo '# theirs' >>/etc/nginx/nginx.conf";
    await host.tuned.root(`sysctl -qw ${SOMAXCONN}=129; ${edit}`);
    const preview = await stack.preview();
    expect(preview).toMatch(
      /\+ +1: "net\.core\.somaxconn: wanted at least 16384, found 129, after a reboot 16384"/,
    );
    expect(preview).toMatch(
      /\+ +1: "\/etc\/nginx\/nginx\.conf: wanted the text we left, found another text"/,
    );
    expect(preview).not.toContain("limits-");
    const up = await stack.pulumi.must("up", ["--yes", "--skip-preview"]);
    expect(new Set(changed(up))).toEqual(new Set(["host", "kernel", "nginx", "report"]));
    expect(await host.tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
    expect(await host.tuned.root("tail -n1 /etc/nginx/nginx.conf; heavyload verify")).toMatch(
      /^# theirs\nno drift: /,
    );
    expect(await stack.pulumi.must("preview", ["--expect-no-changes"])).toContain("unchanged");

    // The same once more is another time.
    await host.tuned.root(`sysctl -qw ${SOMAXCONN}=129`);
    expect(await stack.preview()).toMatch(/drift +: 1 => 2/);
    await stack.pulumi.must("up", ["--yes", "--skip-preview"]);
    expect(await host.tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
    await stack.pulumi.must("preview", ["--expect-no-changes"]);

    await host.tuned.root("sed -i '$d' /etc/nginx/nginx.conf");
    await stack.pulumi.must("destroy", ["--yes", "--skip-preview"]);
    // What somebody has set since is what the host would have without us.
    expect(await host.untouched()).toEqual([`sysctl ${SOMAXCONN}: 4096 -> 129`]);
  },
  6 * MINUTES,
);

test(
  "a host that does not answer is a warning",
  async () => {
    await stack.configure({ machine: host.machine, lines: [...ASKS, "timeout: 5"] });
    await cutPower(host.machine.name);
    try {
      expect(await stack.pulumi.must("preview")).toMatch(
        /warning: The host \S+ was not asked for drift: .+\n[\s\S]*\d+ to (create|update)/,
      );
    } finally {
      await host.bootAgain();
    }
  },
  2 * MINUTES,
);
