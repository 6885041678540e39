import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostProgram } from "../../components/steps/program";
import { stepCommand, stepInputs, type Order } from "../../components/steps/steps";
import { makePlan, type PlanInput } from "../../components/tuning/plan";
import { sharedSsh, type Machine } from "../machine";
import type { RunResult } from "../run";
import { LOAD } from "./load";

/** What one setting reads on the live host, in one spelling. */
export type Live = Readonly<Record<string, string>>;

const FAULTS = readFileSync(join(__dirname, "faults.py"), "utf8");

/** Debian 14's sudo leaves out /usr/local/sbin, where `heavyload` is. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Waits until the site is served: gunicorn's unit is started before its workers are. */
export const ANSWERS = `for i in $(seq 300); do python3 -c '
import urllib.request; urllib.request.urlopen("http://127.0.0.1/")' 2>/dev/null && break; sleep 0.1; done`;

/** Drives a machine's host program as the package does, by the package's own lines and manifests, without an engine. */
export class Tuned {
  constructor(
    readonly machine: Machine,
    readonly order: Order = { stack: "shop/prod/web" },
    readonly wish: PlanInput = LOAD,
  ) {}

  with(change: { readonly order?: Partial<Order>; readonly wish?: PlanInput }): Tuned {
    return new Tuned(this.machine, { ...this.order, ...change.order }, change.wish ?? this.wish);
  }

  stdin(step: string): string {
    const { plan, problems } = makePlan(this.wish);
    if (!plan) throw new Error(JSON.stringify(problems));
    return stepInputs(plan, this.order, hostProgram()).get(step) ?? "";
  }

  apply(step: string, stdin: string = this.stdin(step)): Promise<RunResult> {
    return sharedSsh(this.machine, stepCommand(step, this.machine.user).apply, { input: stdin });
  }

  restore(step: string): Promise<RunResult> {
    const line = stepCommand(step, this.machine.user).restore;
    if (!line) throw new Error(`${step} has nothing to restore`);
    return sharedSsh(this.machine, line, { input: this.stdin(step) });
  }

  /** The step host, told of these concerns alone: it looks for what stands in the way of each that it is told of. */
  async install(...concerns: readonly string[]): Promise<void> {
    const [program = "", plans = "", ...manifest] = this.stdin("host").split("\n");
    const all = Object.entries(JSON.parse(plans.slice("# ".length)) as Record<string, string>);
    const some = JSON.stringify(Object.fromEntries(all.filter(([concern]) => concerns.includes(concern))));
    const hash = createHash("sha256").update(some).digest("hex");
    const told = manifest.join("\n").replace(/^plan: .*$/m, `plan: ${hash}`);
    succeeded(await this.apply("host", [program, `# ${some}`, told].join("\n")));
  }

  /** The host step and those of some concerns, in order. */
  async up(...concerns: readonly string[]): Promise<void> {
    await this.install(...concerns);
    for (const concern of concerns) succeeded(await this.apply(concern));
  }

  async down(...concerns: readonly string[]): Promise<void> {
    for (const step of [...[...concerns].reverse(), "host"]) succeeded(await this.restore(step));
  }

  /** Applies a concern's manifest in the real unit, with one of the faults of faults.py put into the program. */
  async faulty(fault: string, concern = "kernel"): Promise<RunResult> {
    const unit = "--wait --pipe --collect --quiet --unit=heavyload-apply --property=KillMode=mixed";
    const line = `sudo systemd-run ${unit} python3 -I -c ${quoted(FAULTS)} ${fault} ${concern}`;
    return sharedSsh(this.machine, line, { input: this.stdin(concern) });
  }

  async live(...keys: readonly string[]): Promise<Live> {
    const text = await this.root(`sysctl ${keys.join(" ")}`);
    const pairs = text
      .trim()
      .split("\n")
      .map((line) => line.split(" = "));
    return Object.fromEntries(pairs.map(([key = "", value = ""]) => [key, value.replace(/\s+/g, " ")]));
  }

  async cpus(): Promise<number> {
    return Number(await this.root("nproc"));
  }

  async root(command: string, input?: string): Promise<string> {
    const line = `sudo env PATH=${PATH} sh -c ${quoted(command)}`;
    return succeeded(await sharedSsh(this.machine, line, { input })).stdout;
  }
}

export function succeeded(result: RunResult): RunResult {
  if (result.code !== 0) throw new Error(`exit status ${result.code}: ${result.stdout}${result.stderr}`);
  return result;
}

export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** In a line of a shell on the host: where the program lies, for Python. */
export const programFolder = String.raw`$(sed -n 's/^sys.path.insert(0, "\(.*\)")/\1/p' /var/lib/heavyload/bin/heavyload)`;
