import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cache";
import { heartbeat, type Say } from "../progress";
import { must, run } from "../run";
import { onPath } from "./executable";
import { CLI_VERSION, isAtLeast, MODULES, OLDEST_GO } from "./versions";

const PULUMI = "github.com/pulumi/pulumi";
const FLAGS = ["-trimpath", "-buildvcs=false"];
const STRIP = "-s -w";
const VERSION_FLAG = `-X ${PULUMI}/sdk/v3/go/common/version.Version=${CLI_VERSION}`;

/**
 * Without cgo no C compiler is needed. The CLI's go.mod names a newer Go than the oldest that is taken: `go` gets that
 * one as a module, which some distributions have switched off.
 */
const BUILD_ENV = { CGO_ENABLED: "0", GOTOOLCHAIN: process.env["GOTOOLCHAIN"] ?? "auto" };

interface Part {
  readonly folder: string;
  readonly tool: string;
  readonly linker: string;
  readonly about: string;
}

const PARTS: readonly Part[] = [
  {
    folder: MODULES.host,
    tool: `${PULUMI}/sdk/v3/nodejs/cmd/pulumi-language-nodejs`,
    linker: STRIP,
    about: "building the Node language host (about half a minute, once)",
  },
  {
    folder: MODULES.cli,
    tool: `${PULUMI}/pkg/v3/cmd/pulumi`,
    linker: `${STRIP} ${VERSION_FLAG}`,
    about: `building pulumi ${CLI_VERSION} (about four minutes on two cores, once)`,
  },
];

/** Anything that changes what is built changes the folder: an old build is never taken for a new one. */
function folder(): string {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const part of PARTS) {
    hash.update(`${part.tool} ${part.linker} ${FLAGS.join(" ")}\n`);
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(part.folder, file)));
  }
  return join(cacheFolder("engine"), `pulumi-${CLI_VERSION}-${hash.digest("hex").slice(0, 12)}`);
}

/** The CLI that was built before; the folder gets its name when both parts are in it, so it is whole. */
export function builtCli(): string | undefined {
  const pulumi = join(folder(), "pulumi");
  return existsSync(pulumi) ? pulumi : undefined;
}

/** Builds CLI and language host from their Go modules. Throws with what is missing. */
export async function buildCli(say: Say): Promise<string> {
  const go = await findGo();
  removeRemains();
  const unfinished = `${folder()}${UNFINISHED}${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    for (const part of PARTS) {
      say(part.about);
      const args = ["build", ...FLAGS, "-ldflags", part.linker, "-o", `${unfinished}/`, part.tool];
      const build = must(go, args, { cwd: part.folder, env: BUILD_ENV });
      await heartbeat(say, "still building", build);
    }
    rename(unfinished, folder());
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return join(folder(), "pulumi");
}

const UNFINISHED = ".unfinished-";

/** What builds have left that were killed. */
function removeRemains(): void {
  const parent = cacheFolder("engine");
  for (const name of readdirSync(parent)) {
    const pid = Number(name.split(UNFINISHED)[1]);
    if (pid && !isRunning(pid)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Two builds at the same time make the same; the first to finish has given the name. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(join(to, "pulumi"))) throw error;
  }
}

async function findGo(): Promise<string> {
  const go = onPath("go");
  const way =
    `install Go ${OLDEST_GO} or newer (https://go.dev/dl/; \`apt-get install golang-go\` on Debian 13), ` +
    "or the Pulumi CLI itself (https://www.pulumi.com/docs/iac/download-install/)";
  if (!go) throw new Error(`To build the engine, \`go\` is wanted, but there is none on PATH: ${way}`);
  const { stdout } = await run(go, ["env", "GOVERSION"], { cwd: cacheFolder("engine") });
  const version = /^go([\d.]+)/.exec(stdout.trim())?.[1] ?? "0";
  if (isAtLeast(version, OLDEST_GO)) return go;
  throw new Error(
    `To build the engine, Go ${OLDEST_GO} or newer is wanted; ${go} is ${stdout.trim()}: ${way}`,
  );
}
