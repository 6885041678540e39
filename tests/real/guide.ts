import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findEngine, type Engine } from "../../lab/engine";
import { toStderr } from "../../lab/progress";
import { Pulumi } from "../../lab/pulumi";
import { run, type RunResult } from "../../lab/run";

const PROJECT = resolve(__dirname, "../..");

/** A block of commands of docs/guide.md, and the word after `sh`, which says what it needs. */
export interface Block {
  readonly needs: string;
  readonly text: string;
}

export const BLOCKS: readonly Block[] = [
  ...readFileSync(join(PROJECT, "docs/guide.md"), "utf8").matchAll(/^```sh ?(\w*)\n(.*?)^```$/gms),
].map(([, needs = "", text = ""]) => ({ needs, text }));

/** The block that needs something of its own. */
export function blockOf(needs: string): Block {
  const found = BLOCKS.find((block) => block.needs === needs);
  if (!found) throw new Error(`docs/guide.md has no block for ${needs}`);
  return found;
}

/** Somebody who follows the guide: a clone, as far as its commands see, whose configuration, state and key are its own. */
export class Reader {
  private constructor(
    private readonly engine: Engine,
    /** The clone. */
    readonly folder: string,
  ) {}

  static async make(privateKey: string): Promise<Reader> {
    const engine = await findEngine(toStderr);
    const folder = mkdtempSync(join(tmpdir(), "heavyload-guide-"));
    for (const name of ["Pulumi.yaml", "stacks"])
      cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
    for (const name of ["components", "lab", "node_modules", "package.json"])
      symlinkSync(join(PROJECT, name), join(folder, name));
    mkdirSync(join(folder, "state"));
    mkdirSync(join(folder, "home/.ssh"), { recursive: true });
    writeFileSync(join(folder, "home/.ssh/id_ed25519"), privateKey, { mode: 0o600 });
    return new Reader(engine, folder);
  }

  /** Runs a block as a shell would. */
  follow({ text }: Pick<Block, "text">): Promise<RunResult> {
    const env = {
      ...this.engine.env,
      HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_CONFIRMATIONS: "true",
    };
    return run("sh", ["-euc", text], { cwd: this.folder, env });
  }

  /** One of the reader's stacks. */
  stack(name: string): Pulumi {
    return new Pulumi(this.engine, { stack: name, state: join(this.folder, "state"), program: this.folder });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
