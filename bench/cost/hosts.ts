import { linesOf, LOAD } from "../../lab/drive/load";
import { Logins, TestStack } from "../../lab/drive/stack";
import { findEngine } from "../../lab/engine";
import { removeMachine, type Machine } from "../../lab/machine";
import { opened } from "../measure/closing";
import { medians, numberAt } from "../measure/medians";
import { inRounds, type Aim, type Line, type Measurement, type Row } from "../measure/measurement";
import { bootAnew } from "../measure/onMachine";
import { peakOf } from "./peak";
import { seconds } from "./seconds";

const COUNTS = [1, 2, 4, 8, 16];
const [ONE = 1] = COUNTS;
const MOST = Math.max(...COUNTS);
/** The time of the most at once, as a multiple of one's. */
const AIM = 4;

/** One of them first, then all the others at once. */
async function once(pulumi: string, machines: readonly Machine[], logins: readonly Logins[]): Promise<Row> {
  const stack = await TestStack.make("bench-hosts");
  try {
    const named = machines.map((machine) => [machine.name, machine] as const);
    const hosts = Object.fromEntries(
      named.map(([name, { host, port, user, hostKey }]) => [name, { host, port, user, hostKey }]),
    );
    stack.write([`hosts: ${JSON.stringify(hosts)}`, "maxParallel: 16", ...linesOf(LOAD)]);
    for (const [name, { privateKey }] of named) await stack.secret(`hosts.${name}.privateKey`, privateKey);
    for (const one of logins) await one.since();
    const verb = (word: "up" | "destroy"): Promise<unknown> =>
      stack.pulumi.must(word, ["--yes", "--skip-preview", "--parallel", "64"]);
    let up = NaN;
    const peak = await peakOf(pulumi, async () => (up = await seconds(() => verb("up"))));
    let count = 0;
    for (const one of logins) count += await one.since();
    return {
      hosts: machines.length,
      "up, s": up,
      "destroy, s": await seconds(() => verb("destroy")),
      "engine's peak, MiB": Math.round(peak),
      "logins a host": Number((count / machines.length).toFixed(1)),
    };
  } finally {
    stack.remove();
  }
}

/** The machines stay from one count to the next one. */
const open: Line["open"] = (name, say) =>
  opened(async (atEnd) => {
    const engine = await findEngine(say);
    const machines: Machine[] = [];
    const logins: Logins[] = [];
    return async () => {
      const rows = [];
      for (const count of COUNTS) {
        while (machines.length < count) {
          const machine = await bootAnew(`${name}-${machines.length + 1}`, { kind: "container" }, say);
          atEnd(() => removeMachine(machine.name, say));
          machines.push(machine);
          logins.push(new Logins(machine));
        }
        say(`  ${count} hosts`);
        rows.push(await once(engine.pulumi, machines.slice(0, count), logins.slice(0, count)));
      }
      return rows;
    };
  });

const NUMBERS = ["up, s", "destroy, s", "engine's peak, MiB", "logins a host"] as const;

function shown(rows: readonly Row[]): Row[] {
  const of = (count: number, number: string): number =>
    numberAt(medians(rows, ["hosts"], number), { hosts: count }, number);
  return COUNTS.map((count) => ({
    hosts: count,
    ...Object.fromEntries(NUMBERS.map((number) => [number, of(count, number)])),
    "of one's": Number((of(count, "up, s") / of(ONE, "up, s")).toFixed(2)),
  }));
}

function aims(rows: readonly Row[]): Aim[] {
  const times = numberAt(shown(rows), { hosts: MOST }, "of one's");
  const what = `${MOST} hosts, in the time of one`;
  return [{ what, wanted: `at most ${AIM} times`, found: `${times} times`, holds: times <= AIM }];
}

export const HOSTS: Measurement = {
  name: "hosts",
  title: "Many hosts in one stack",
  about:
    "pulumi up of container hosts in one stack, one of them first, then all others at once. Hosts and engine share this computer's CPUs.",
  seen: "1 to 16 container hosts in one stack: seconds, the engine's memory, logins",
  lines: inRounds("hosts", open),
  columns: ["hosts", "up, s", "of one's", "destroy, s", "engine's peak, MiB", "logins a host"],
  shown,
  aims,
  chart: (rows) => ({
    title: { text: "Many hosts in one stack", subtitle: "seconds; hosts and engine share the CPUs" },
    width: 440,
    height: 300,
    data: { values: shown(rows) },
    transform: [{ fold: ["up, s", "destroy, s"], as: ["what", "seconds"] }],
    mark: "line",
    encoding: {
      x: { field: "hosts", type: "quantitative", axis: { values: COUNTS } },
      y: { field: "seconds", type: "quantitative" },
      color: {
        field: "what",
        type: "nominal",
        scale: { domain: ["up, s", "destroy, s"], range: ["#0072b2", "#d55e00"] },
      },
    },
  }),
};
