import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostProgram } from "../../components/hostProgram";
import { stepCommand, stepInputs, type Order } from "../../components/steps";
import { makePlan, type Wish } from "../../components/tuning/plan";
import { sharedSsh, type Machine } from "../../lab/machine";
import type { RunResult } from "../../lab/run";

/** What one setting reads on the live host, in one spelling. */
export type Live = Readonly<Record<string, string>>;

const FAULTS = readFileSync(join(__dirname, "faults.py"), "utf8");

/** Drives a machine's host program as the package does, by the package's own lines and manifests, without an engine. */
export class Tuned {
  constructor(
    readonly machine: Machine,
    readonly order: Order = { stack: "shop/prod/web" },
    readonly wish: Wish = { tier: "10k" },
  ) {}

  with(change: { readonly order?: Partial<Order>; readonly wish?: Wish }): Tuned {
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

  /** The step host and that of one concern, as `pulumi up` runs them. */
  async up(concern = "kernel"): Promise<void> {
    for (const step of ["host", concern]) succeeded(await this.apply(step));
  }

  async down(concern = "kernel"): Promise<void> {
    for (const step of [concern, "host"]) succeeded(await this.restore(step));
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

  async root(command: string, input?: string): Promise<string> {
    return succeeded(await sharedSsh(this.machine, `sudo sh -c ${quoted(command)}`, { input })).stdout;
  }
}

export function succeeded(result: RunResult): RunResult {
  if (result.code !== 0) throw new Error(`exit status ${result.code}: ${result.stdout}${result.stderr}`);
  return result;
}

export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
