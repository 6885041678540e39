import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Engine } from "../../lab/engine";
import { Pulumi } from "../../lab/pulumi";

/** The programs, by the name of their file. */
const PROGRAMS = {
  "index.js": 'require("@pulumi/pulumi");\n',
  "index.ts": 'import "@pulumi/pulumi";\n',
} as const;

/** A stack of a program without a resource: what Pulumi itself costs. */
export class EmptyProgram {
  private readonly folder = mkdtempSync(join(tmpdir(), "heavyload-empty-"));
  readonly pulumi: Pulumi;

  constructor(engine: Engine, file: keyof typeof PROGRAMS = "index.js") {
    writeFileSync(join(this.folder, "Pulumi.yaml"), "name: empty\nruntime: nodejs\n");
    writeFileSync(join(this.folder, file), PROGRAMS[file]);
    symlinkSync(resolve(__dirname, "..", "..", "node_modules"), join(this.folder, "node_modules"));
    this.pulumi = new Pulumi(engine, {
      stack: "empty",
      state: join(this.folder, "state"),
      program: this.folder,
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
