import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../lab/engine";
import { putRunner } from "../../lab/engine/plugin";
import { run, type RunResult } from "../../lab/run";

/** A Pulumi stack in a temporary folder, on the real engine, with the lab's runner as its command plugin. */
export class RunnerStack {
  readonly folder = mkdtempSync(join(tmpdir(), "heavyload-runner-"));
  private readonly env: Record<string, string>;

  private constructor(private readonly engine: Engine) {
    const home = join(this.folder, "home");
    const state = join(this.folder, "state");
    mkdirSync(state);
    this.env = {
      ...engine.env,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "for a test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  }

  static async create(engine: Engine): Promise<RunnerStack> {
    const stack = new RunnerStack(engine);
    await putRunner(stack.env["PULUMI_HOME"]!);
    writeFileSync(join(stack.folder, "Pulumi.yaml"), "name: runner\nruntime: nodejs\n");
    writeFileSync(join(stack.folder, "package.json"), '{"main":"index.js"}');
    symlinkSync(join(__dirname, "..", "..", "node_modules"), join(stack.folder, "node_modules"));
    await stack.pulumi("stack", "init", "test");
    return stack;
  }

  /** Sets the program; `local`, `remote` and `pulumi` are there. Values come in as JSON: `${JSON.stringify(value)}`. */
  program(body: string): this {
    const head =
      'const pulumi = require("@pulumi/pulumi");\nconst { local, remote } = require("@pulumi/command");\n';
    writeFileSync(join(this.folder, "index.js"), head + body);
    return this;
  }

  pulumi(...args: string[]): Promise<RunResult> {
    const plain = ["--non-interactive", "--color", "never", ...args];
    return run(this.engine.pulumi, plain, { cwd: this.folder, env: this.env });
  }

  preview(): Promise<RunResult> {
    return this.pulumi("preview", "--diff");
  }

  up(...args: string[]): Promise<RunResult> {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  /** The whole state, read from the backend's file: a start of the CLI costs half a second. */
  state(): string {
    return readFileSync(join(this.folder, "state", ".pulumi", "stacks", "runner", "test.json"), "utf8");
  }

  outputs(): Record<string, unknown> {
    const { checkpoint } = JSON.parse(this.state()) as Checkpoint;
    return checkpoint.latest.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

interface Checkpoint {
  readonly checkpoint: {
    readonly latest: {
      readonly resources: readonly { readonly type: string; readonly outputs?: Record<string, unknown> }[];
    };
  };
}
