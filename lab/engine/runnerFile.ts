import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cache";

const SOURCES = join(__dirname, "..", "runner");
/** How it connects is the package's. */
const SSH = join(__dirname, "..", "..", "components", "ssh");
const LOCK = join(__dirname, "..", "..", "package-lock.json");

/**
 * The runner as one JavaScript file in the cache: started in 0.3 s, a third of what tsx needs for the sources, and
 * still there for `pulumi destroy` when the checkout is gone. A change of the sources makes another file.
 */
export async function runnerFile(): Promise<string> {
  const sources = [SOURCES, SSH].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const hash = createHash("sha256");
  for (const path of [...sources.filter((name) => name.endsWith(".ts")).sort(), LOCK])
    hash.update(readFileSync(path));
  const file = join(cacheFolder("engine", "runner"), `runner-${hash.digest("hex").slice(0, 12)}.js`);
  if (existsSync(file)) return file;
  const unfinished = `${file}.${process.pid}`;
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(SOURCES, "main.ts")],
    outfile: unfinished,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: "node",
    target: "node20",
    external: ["cpu-features", "*.node"], // optional native parts of ssh2, which does without them
    logLevel: "silent",
  });
  renameSync(unfinished, file);
  return file;
}
