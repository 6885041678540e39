import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** Where the stand-in for AWS is found, and what it did. */
export class Cloud {
  protected readonly folder = mkdtempSync(join(tmpdir(), "heavyload-cloud-"));
  private readonly path = process.env["PATH"] ?? "";

  constructor() {
    const words = [process.execPath, "-r", "tsx/cjs", join(__dirname, "awsStandIn.ts")];
    const plugin = join(this.folder, "pulumi-resource-aws");
    const project = resolve(__dirname, "../..");
    writeFileSync(
      plugin,
      `#!/bin/sh\ncd '${project}' && exec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`,
    );
    chmodSync(plugin, 0o755);
    // Pulumi takes a plugin from PATH before any other.
    process.env["PATH"] = [this.folder, this.path].join(delimiter);
    process.env["HEAVYLOAD_TEST_CLOUD"] = this.folder;
  }

  /** Where whoever plays AWS's part in a fleet listens. */
  protected get socket(): string {
    return join(this.folder, "socket");
  }

  /** What happened to instances, in order: `created i-…`, `deleted i-…`. */
  get log(): string[] {
    const path = join(this.folder, "log");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  }

  /** Ids of the instances that are there. */
  get instances(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith("i-"));
  }

  /** Where the next instance is reached. */
  next(address: string): void {
    writeFileSync(join(this.folder, "address"), address);
  }

  /** Takes an instance away as somebody at the console would: Pulumi hears nothing of it. */
  lose(id: string): void {
    rmSync(join(this.folder, id));
  }

  remove(): void {
    process.env["PATH"] = this.path;
    delete process.env["HEAVYLOAD_TEST_CLOUD"];
    rmSync(this.folder, { recursive: true, force: true });
  }
}
