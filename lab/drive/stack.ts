import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { findEngine } from "../engine";
import { ssh, type Machine } from "../machine";
import { toStderr } from "../progress";
import { Pulumi } from "../pulumi";
import { Scratch } from "../scratch";
import { linesOf, LOAD } from "./load";

export interface StackSettings {
  readonly machine: Machine;
  /** Instead of the machine's own. */
  readonly connection?: Readonly<Record<string, string | number>>;
  /** Lines of the configuration besides host and connection. */
  readonly lines?: readonly string[];
}

const PROJECT = resolve(__dirname, "..", "..");

/** The project's program as a stack in a temporary folder: state and configuration are its own. */
export class TestStack {
  private constructor(
    readonly pulumi: Pulumi,
    private readonly scratch: Scratch,
    private readonly configFile: string,
  ) {}

  /** @param project of which checkout the program is */
  static async make(name: string, project = PROJECT): Promise<TestStack> {
    const scratch = new Scratch("stack");
    const folder = scratch.path;
    writeProject(folder, project);
    symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
    const configFile = join(folder, `Pulumi.${name}.yaml`);
    const engine = await findEngine(toStderr);
    const pulumi = new Pulumi(engine, { stack: name, state: join(folder, "state"), program: folder });
    await pulumi.init();
    return new TestStack(pulumi, scratch, configFile);
  }

  /** Goes on with the program of another checkout, as by `git pull`. */
  use(project = PROJECT): void {
    writeProject(this.scratch.path, project);
  }

  /** Points the stack at a machine. The key goes in as a person would set it: as a secret. */
  async configure({ machine, connection, lines = linesOf(LOAD) }: StackSettings): Promise<void> {
    const { host, port, user, hostKey } = machine;
    const shown = { host, port, user, hostKey, ...connection };
    this.write([`connection: ${JSON.stringify(shown)}`, ...lines]);
    await this.secret("connection.privateKey", machine.privateKey);
  }

  /** Lines of the configuration, each a key of heavyload and its value. */
  write(lines: readonly string[]): void {
    writeFileSync(
      this.configFile,
      `${["config:", ...lines.map((line) => `  heavyload:${line}`)].join("\n")}\n`,
    );
  }

  async secret(path: string, value: string): Promise<void> {
    await this.pulumi.must("config set", ["--path", "--secret", `heavyload:${path}`], { input: value });
  }

  up(...args: readonly string[]) {
    return this.pulumi.run("up", ["--yes", "--skip-preview", ...args]);
  }

  destroy(...args: readonly string[]) {
    return this.pulumi.run("destroy", ["--yes", "--skip-preview", ...args]);
  }

  async preview(): Promise<string> {
    return this.pulumi.must("preview", ["--diff"]);
  }

  remove(): void {
    this.scratch.remove();
  }
}

/** The project's own, whose defaults are a stack's too, of a program that lies elsewhere. */
function writeProject(folder: string, project: string): void {
  const program = relative(folder, join(project, "stacks", "program.cjs"));
  const text = readFileSync(join(project, "Pulumi.yaml"), "utf8")
    .replace(/^main: .*$/m, `main: ${program}`)
    .replace(/^stackConfigDir: .*\n/m, "");
  writeFileSync(join(folder, "Pulumi.yaml"), text);
}

/** Counts the logins that sshd has let in since its log was asked for the last time. */
export class Logins {
  private cursor = "";

  constructor(private readonly machine: Machine) {}

  /** Logins since the last call; the one that asks is not among them. */
  async since(): Promise<number> {
    const after = this.cursor ? `--after-cursor='${this.cursor}'` : "--boot";
    // Its own login is in the log last of all, on a busy machine some time after it has begun.
    const line = `for i in $(seq 50); do sleep 0.2; sudo journalctl -u ssh ${after} --show-cursor -o cat >/tmp/logins; grep -q "^Accepted.* $(echo $SSH_CLIENT | cut -d" " -f2) ssh2" /tmp/logins && break; done; cat /tmp/logins; rm /tmp/logins`;
    const { stdout } = await ssh(this.machine, line);
    this.cursor = /-- cursor: (.*)/.exec(stdout)?.[1] ?? this.cursor;
    return (stdout.match(/^Accepted publickey/gm) ?? []).length - 1;
  }
}
