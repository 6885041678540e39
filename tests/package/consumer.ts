import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "../../lab/run";

const ROOT = join(__dirname, "../..");

const version = (name: string): string =>
  (JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8")) as { version: string })
    .version;

/** A project of somebody else, who has installed the package as `npm publish` would make it. */
export class Consumer {
  private constructor(
    readonly folder: string,
    /** Paths in the tarball. */
    readonly packed: readonly string[],
  ) {}

  /** `names`: what it depends on beside heavyload, in the versions of this checkout: those are in npm's cache. */
  static async make(names: readonly string[], source?: string): Promise<Consumer> {
    const folder = mkdtempSync(join(tmpdir(), "heavyload-consumer-"));
    if (source)
      cpSync(join(ROOT, source), folder, {
        recursive: true,
        filter: (path) => !path.includes("node_modules"),
      });
    const name = await must("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: ROOT });
    const tarball = join(folder, name.trim());
    const listing = await must("tar", ["-tzf", tarball]);
    const dependencies = {
      ...Object.fromEntries(names.map((name) => [name, version(name)])),
      heavyload: `file:${tarball}`,
    };
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "consumer", private: true, dependencies }),
    );
    await must("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder });
    const paths = listing
      .trim()
      .split("\n")
      .map((path) => path.replace("package/", ""));
    return new Consumer(folder, paths.sort());
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
