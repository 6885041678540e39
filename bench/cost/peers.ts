import type { Report } from "../../components/tuning/report";
import { linesOf, LOWER } from "../../lab/drive/load";
import { TestStack } from "../../lab/drive/stack";
import { findEngine } from "../../lab/engine";
import { removeMachine, ssh, type Machine } from "../../lab/machine";
import { opened } from "../measure/closing";
import { medians, numberAt } from "../measure/medians";
import { inRounds, type Aim, type Line, type Measurement, type Row } from "../measure/measurement";
import { bootAnew } from "../measure/onMachine";
import { barsOf } from "./bars";
import { EmptyProgram } from "./emptyProgram";
import { peersFor, type Peer } from "./peers/tools";
import { workOf } from "./peers/work";
import { seconds } from "./seconds";

const TASKS = ["first", "nothing to do", "another tier", "take away", "verify", "preview"] as const;
type Task = (typeof TASKS)[number];
const EMPTY = "an empty program";
const OURS = "heavyload";

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
const open: Line["open"] = (name, say) =>
  opened(async (atEnd) => {
    const engine = await findEngine(say);
    const machine = await bootAnew(name, { kind: "container" }, say);
    atEnd(() => removeMachine(name, say));
    const { peers, remove } = await peersFor(machine, say);
    atEnd(remove);
    const stack = await TestStack.make(name);
    atEnd(() => stack.remove());
    const empty = { up: new EmptyProgram(engine), preview: new EmptyProgram(engine, "index.ts") };
    for (const program of Object.values(empty)) {
      atEnd(() => program.remove());
      await program.pulumi.init();
    }
    const turn = { machine, peers, stack, empty };
    await root(machine, KEEP);
    await round(turn); // reads files into memory
    return () => round(turn);
  });

interface Turn {
  readonly machine: Machine;
  readonly peers: readonly Peer[];
  readonly stack: TestStack;
  readonly empty: { readonly up: EmptyProgram; readonly preview: EmptyProgram };
}

async function round({ machine, peers, stack, empty }: Turn): Promise<Row[]> {
  const rows: Row[] = [];
  const up = ["--yes", "--skip-preview"];
  const note = async (who: string, task: Task, what: () => Promise<unknown>): Promise<void> =>
    void rows.push({ who, task, seconds: await seconds(what) });
  const pulumi = (verb: "up" | "destroy") => () => stack.pulumi.must(verb, up);
  const work = async () => workOf(await stack.pulumi.output<Report>("report"));
  await note(EMPTY, "nothing to do", () => empty.up.pulumi.must("up", up));
  await note(EMPTY, "preview", () => empty.preview.pulumi.must("preview"));
  await stack.configure({ machine });
  await note(OURS, "preview", () => stack.pulumi.must("preview"));
  await note(OURS, "first", pulumi("up"));
  await note(OURS, "nothing to do", pulumi("up"));
  const first = await work();
  await note(OURS, "verify", () => root(machine, "/var/lib/heavyload/bin/heavyload verify"));
  await stack.configure({ machine, lines: linesOf(LOWER) });
  await note(OURS, "another tier", pulumi("up"));
  const other = await work();
  await note(OURS, "take away", pulumi("destroy"));
  for (const { name: who, run } of peers) {
    await note(who, "first", () => run(first));
    await note(who, "nothing to do", () => run(first));
    await note(who, "another tier", () => run(other));
    await root(machine, PUT_BACK);
  }
  return rows;
}

const timesOf = (rows: readonly Row[]): Row[] => medians(rows, ["who", "task"], "seconds");

/** A row for each of them. */
function shown(rows: readonly Row[]): Row[] {
  const times = timesOf(rows);
  const cell = ({ seconds: median, least, most }: Row): string => `${median} (${least}-${most})`;
  return [...new Set(times.map(({ who }) => who ?? ""))].map((who) => ({
    who,
    ...Object.fromEntries(
      times.filter((row) => row["who"] === who).map((row) => [String(row["task"]), cell(row)]),
    ),
  }));
}

/** One number beside another one. */
interface Ratio {
  readonly what: string;
  readonly of: readonly [who: string, task: Task];
  readonly to: readonly [who: string, task: Task];
  readonly most: number;
}

const RATIOS: readonly Ratio[] = [
  { what: "first, to pyinfra's", of: [OURS, "first"], to: ["pyinfra", "first"], most: 0.9 },
  { what: "another tier, to its first", of: [OURS, "another tier"], to: [OURS, "first"], most: 1 },
  {
    what: "nothing to do, to an empty program",
    of: [OURS, "nothing to do"],
    to: [EMPTY, "nothing to do"],
    most: 1.5,
  },
  {
    what: "verify over SSH, which reads everything, to pyinfra with nothing to do",
    of: [OURS, "verify"],
    to: ["pyinfra", "nothing to do"],
    most: 0.33,
  },
  { what: "preview, to an empty program's", of: [OURS, "preview"], to: [EMPTY, "preview"], most: 1.5 },
];
/** Unit: seconds. */
const TAKE_AWAY = 4;

function aims(rows: readonly Row[]): Aim[] {
  const times = timesOf(rows);
  const at = ([who, task]: readonly [string, Task]): number => numberAt(times, { who, task }, "seconds");
  const away = at([OURS, "take away"]);
  return [
    ...RATIOS.map(({ what, of, to, most }) => {
      const ratio = at(of) / at(to);
      return { what, wanted: `at most ${most}`, found: ratio.toFixed(2), holds: ratio <= most };
    }),
    {
      what: "take away, seconds",
      wanted: `at most ${TAKE_AWAY}`,
      found: String(away),
      holds: away <= TAKE_AWAY,
    },
  ];
}

export const PEERS: Measurement = {
  name: "peers",
  title: "Beside pyinfra and Ansible",
  about:
    "Seconds for the same settings on the same container host, by turns. The peers write what heavyload's report says it changed.",
  seen: "pulumi up, preview and destroy on a container host; pyinfra and Ansible with the same settings on the same host",
  lines: inRounds("peers", open),
  columns: ["who", ...TASKS],
  shown,
  aims,
  chart: (rows) =>
    barsOf(timesOf(rows), {
      title: "Beside pyinfra and Ansible",
      bar: "who",
      number: "seconds",
      group: "task",
    }),
};
