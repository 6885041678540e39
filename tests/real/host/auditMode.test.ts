// `heavyload:mode: audit`, through the real engine.
import { expect, test } from "@jest/globals";
import type { Report } from "../../../components/tuning/report";
import { linesOf, MODEST } from "../../../lab/drive/load";
import type { TestStack } from "../../../lab/drive/stack";
import { eachWithStack } from "../eachWithStack";
import { MINUTES, SOMAXCONN, type Pristine } from "../pristine";

let host: Pristine;
let stack: TestStack;

eachWithStack((pristine, ofTest) => {
  host = pristine;
  stack = ofTest;
});

const up = (...lines: readonly string[]): Promise<string> =>
  stack
    .configure({ machine: host.machine, lines: [...linesOf(MODEST), ...lines] })
    .then(() => stack.pulumi.must("up", ["--yes", "--skip-preview"]));
const report = () => stack.pulumi.output<Report>("report");

test(
  "looks and changes nothing, `apply` goes on from there, and a look after it leaves what was applied",
  async () => {
    await up("mode: audit");
    expect(await host.untouched()).toEqual([]);
    const first = await report();
    expect(first.audit).toMatchObject({ holds: false, refused: [] });
    expect(first.audit?.breaksFirst[0]).toMatch(/^\d+ /);
    expect(first.audit?.changes).toContain(`kernel: ${SOMAXCONN}: 4096 -> 16384`);
    const summary = await stack.pulumi.output<string>("summary");
    expect(summary).toContain("Nothing was changed.");
    expect(summary).not.toContain("+++");

    await up();
    const applied = await report();
    expect([applied.audit, applied.settings.filter(({ ok }) => !ok)]).toEqual([undefined, []]);
    expect(await host.tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });

    await host.tuned.root(`sysctl -qw ${SOMAXCONN}=129`);
    await up("mode: audit");
    expect((await report()).audit).toMatchObject({
      holds: false,
      changes: [`kernel: ${SOMAXCONN}: 129 -> 16384`],
    });
    expect(await host.tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "129" });
    await up();
    expect(await host.tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });

    await up("mode: audit");
    expect((await report()).audit).toMatchObject({ holds: true, changes: [] });
    await stack.pulumi.must("destroy", ["--yes", "--skip-preview"]);
    // What somebody has set since is what the host would have without us.
    expect(await host.untouched()).toEqual([`sysctl ${SOMAXCONN}: 4096 -> 129`]);
  },
  6 * MINUTES,
);

test(
  "of a host that was only looked at a destroy changes nothing",
  async () => {
    await up("mode: audit");
    await stack.pulumi.must("destroy", ["--yes", "--skip-preview"]);
    expect(await host.untouched()).toEqual([]);
  },
  3 * MINUTES,
);
