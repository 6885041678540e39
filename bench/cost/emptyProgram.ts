import { symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Engine } from "../../lab/engine";
import { Pulumi } from "../../lab/pulumi";
import { Scratch } from "../../lab/scratch";

/** The programs, by the name of their file. */
const PROGRAMS = {
  "index.js": 'require("@pulumi/pulumi");\n',
  "index.ts": 'import "@pulumi/pulumi";\n',
} as const;

/** A stack of a program without a resource: what Pulumi itself costs. */
export class EmptyProgram {
  private readonly scratch = new Scratch("empty");
  readonly pulumi: Pulumi;

  constructor(engine: Engine, file: keyof typeof PROGRAMS = "index.js") {
    const { path: folder } = this.scratch;
    writeFileSync(join(folder, "Pulumi.yaml"), "name: empty\nruntime: nodejs\n");
    writeFileSync(join(folder, file), PROGRAMS[file]);
    symlinkSync(resolve(__dirname, "..", "..", "node_modules"), join(folder, "node_modules"));
    this.pulumi = new Pulumi(engine, {
      stack: "empty",
      state: join(folder, "state"),
      program: folder,
    });
  }

  remove(): void {
    this.scratch.remove();
  }
}
