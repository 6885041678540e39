import { findEngine } from "../lab/engine";
import { linesOf, LOWER } from "../lab/drive/load";
import { Logins, TestStack } from "../lab/drive/stack";
import { bootMachine, removeMachine, ssh, type Machine } from "../lab/machine";
import { toStderr as say } from "../lab/progress";
import { must } from "../lab/run";
import { renderTable } from "../components/tuning/table";
import type { Report } from "../components/tuning/report";
import { EmptyProgram } from "./emptyProgram";
import { median } from "./median";
import { peersFor } from "./peers/tools";
import { workOf } from "./peers/work";
import { seconds } from "./seconds";

const NAME = "bench-peers";
/** Engine's lines such as `+  command:remote:Command host-kernel created (2s)`: whole seconds above one, otherwise parts. */
const STEP = / host-(\w+) (?:created|updated|deleted) \((\d+(?:\.\d+)?)s\)/g;
const TASKS = ["first", "nothing to do", "another tier", "take away", "verify", "preview"] as const;
type Task = (typeof TASKS)[number];

/** Of a peer, whose own files stay: what it has changed is put back from a copy. */
const KEEP = "tar -C / -cf /root/before.tar etc && sysctl -a 2>/dev/null | grep ^net >/root/before.sysctl";
const PUT_BACK =
  "rm -rf /etc/systemd/system/*.d /etc/nginx /etc/sysctl.d /etc/security && tar -C / -xf /root/before.tar" +
  " && sysctl -qp /root/before.sysctl >/dev/null 2>&1; systemctl daemon-reload; systemctl restart gunicorn nginx" +
  " && rm -f /etc/gunicorn-tuned.conf.py";

const root = async (machine: Machine, line: string): Promise<void> => {
  const { code, stderr } = await ssh(machine, `sudo sh -c ${JSON.stringify(line)}`);
  if (code !== 0) throw new Error(`on the host: ${line}: ${stderr}`);
};

/** What heavyload and its peers take for the same settings on the same host, by turns. */
export async function benchPeers(rounds: number): Promise<void> {
  const engine = await findEngine(say);
  const machine = await bootMachine(NAME, say, { kind: "container" });
  const { peers, remove } = await peersFor(machine, say);
  const stack = await TestStack.make(NAME);
  const empty = { up: new EmptyProgram(engine), preview: new EmptyProgram(engine, "index.ts") };
  const times = new Map<string, Map<Task, number[]>>();
  const logins = new Logins(machine);
  const counted: number[] = [];
  const note = async (who: string, task: Task, what: () => Promise<unknown>): Promise<void> => {
    const taken = await seconds(what);
    const of = times.get(who) ?? new Map<Task, number[]>();
    times.set(who, of.set(task, [...(of.get(task) ?? []), taken]));
  };
  const steps = new Map<Task, string>();
  const pulumi = async (task: Task, verb: "up" | "destroy"): Promise<void> => {
    const said = await stack.pulumi.must(verb, ["--yes", "--skip-preview"]);
    steps.set(task, [...said.matchAll(STEP)].map(([, step, time]) => `${step} ${time}`).join(", "));
  };
  try {
    await empty.up.pulumi.init();
    await empty.preview.pulumi.init();
    await root(machine, KEEP);
    for (let round = 0; round <= rounds; round++) {
      say(round === 0 ? "a round that does not count" : `round ${round} of ${rounds}`);
      if (round === 1) times.clear();
      await note("an empty program", "nothing to do", () =>
        empty.up.pulumi.must("up", ["--yes", "--skip-preview"]),
      );
      await note("an empty program", "preview", () => empty.preview.pulumi.must("preview"));
      await stack.configure({ machine });
      await note("heavyload", "preview", () => stack.pulumi.must("preview"));
      await logins.since();
      await note("heavyload", "first", () => pulumi("first", "up"));
      counted.push(await logins.since());
      await note("heavyload", "nothing to do", () => pulumi("nothing to do", "up"));
      const first = workOf(await stack.pulumi.output<Report>("report"));
      await note("heavyload", "verify", () => root(machine, "/var/lib/heavyload/bin/heavyload verify"));
      await stack.configure({ machine, lines: linesOf(LOWER) });
      await note("heavyload", "another tier", () => pulumi("another tier", "up"));
      const other = workOf(await stack.pulumi.output<Report>("report"));
      await note("heavyload", "take away", () => pulumi("take away", "destroy"));
      for (const { name, run } of peers) {
        await note(name, "first", () => run(first));
        await note(name, "nothing to do", () => run(first));
        await note(name, "another tier", () => run(other));
        await root(machine, PUT_BACK);
      }
    }
    const columns = ["", ...TASKS].map((title) => ({ title }));
    const cell = (who: string, task: Task): string => {
      const all = times.get(who)?.get(task);
      return all
        ? `${median(all).toFixed(1)} (${Math.min(...all).toFixed(1)}-${Math.max(...all).toFixed(1)})`
        : "-";
    };
    const of = (who: string, task: Task): number => median(times.get(who)?.get(task) ?? []);
    console.log(
      `\n${engine.source}\n${engine.commandPluginLine}\nseconds: median of ${rounds}, least and most; ${await cpus()}\n`,
    );
    console.log(
      renderTable(
        columns,
        [...times.keys()].map((who) => [who, ...TASKS.map((task) => cell(who, task))]),
      ),
    );
    console.log("heavyload's steps in the last round, as the engine rounds them, seconds:");
    for (const [task, said] of steps) if (said) console.log(`  ${task}: ${said}`);
    const ratio = (what: string, value: number, aim: number): string[] => [
      what,
      value.toFixed(2),
      `at most ${aim}`,
    ];
    console.log(
      renderTable(
        ["heavyload", "ratio", "aim"].map((title) => ({ title })),
        [
          ratio("first / pyinfra's", of("heavyload", "first") / of("pyinfra", "first"), 0.9),
          ratio("another tier / first", of("heavyload", "another tier") / of("heavyload", "first"), 1),
          ratio(
            "nothing to do / an empty program",
            of("heavyload", "nothing to do") / of("an empty program", "nothing to do"),
            1.5,
          ),
          ratio(
            "verify / pyinfra's nothing to do",
            of("heavyload", "verify") / of("pyinfra", "nothing to do"),
            0.33,
          ),
          ratio(
            "preview / an empty program's",
            of("heavyload", "preview") / of("an empty program", "preview"),
            1.5,
          ),
          ["take away, seconds", of("heavyload", "take away").toFixed(1), "at most 4"],
          ["logins of a first up", String(median(counted)), "one a step"],
        ],
      ),
    );
  } finally {
    remove();
    stack.remove();
    empty.up.remove();
    empty.preview.remove();
    await removeMachine(NAME, say);
  }
}

const cpus = async (): Promise<string> => `${(await must("nproc", [])).trim()} CPUs`;
