import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Engine } from "./engine";
import { must, run, type RunOptions, type RunResult } from "./run";

const PROJECT = resolve(__dirname, "..");

export interface PulumiOptions {
  readonly stack: string;
  /** Folder of the state: Pulumi's file backend. */
  readonly state: string;
  /** Folder of the program. @default the project */
  readonly program?: string;
}

/** One stack, driven by the CLI with a state of its own: nothing of the person's Pulumi account is seen or touched. */
export class Pulumi {
  constructor(
    readonly engine: Engine,
    readonly options: PulumiOptions,
  ) {
    mkdirSync(options.state, { recursive: true, mode: 0o700 });
  }

  /** Runs a command on the stack; a failure is a code. */
  run(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<RunResult> {
    return run(this.engine.pulumi, this.line(command, args), this.with(options));
  }

  /** As `run`, but throws at a failure; gives what it printed. */
  must(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<string> {
    return must(this.engine.pulumi, this.line(command, args), this.with(options));
  }

  /** Makes the stack where there is none. */
  async init(): Promise<void> {
    await must(
      this.engine.pulumi,
      ["stack", "select", "--create", this.options.stack, ...this.where()],
      this.with({}),
    );
  }

  /** One of the stack's outputs, secrets shown. */
  async output<T>(name: string): Promise<T> {
    return JSON.parse(await this.must("stack output", [name, "--json", "--show-secrets"])) as T;
  }

  /** Names of the resources in the state. */
  async resources(): Promise<string[]> {
    const state = JSON.parse(await this.must("stack export")) as {
      deployment: { resources?: { urn: string }[] };
    };
    return (state.deployment.resources ?? []).map(({ urn }) => urn.split("::").slice(2).join("::"));
  }

  private line(command: string, args: readonly string[]): string[] {
    return [...command.split(" "), "--stack", this.options.stack, ...this.where(), ...args];
  }

  private where(): string[] {
    return ["--cwd", this.options.program ?? PROJECT, "--non-interactive", "--color", "never"];
  }

  private with(options: RunOptions): RunOptions {
    const state = `file://${resolve(this.options.state)}`;
    // A state on this computer alone, of machines that are thrown away: its passphrase guards nothing.
    const env = { PULUMI_BACKEND_URL: state, PULUMI_CONFIG_PASSPHRASE: "" };
    return { ...options, env: { ...this.engine.env, ...env, ...options.env } };
  }
}

/** Where quickstart keeps the state of its stack. */
export const labState = (): string => join(process.env["HEAVYLOAD_LAB"] || join(PROJECT, ".lab"), "_pulumi");
