import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { shown, type Problem } from "../../components/tuning/problem";
import type { HostFile } from "./hostFile";

const OPTION = "--files";

/** What stands in the way of files in this folder; nothing is touched. */
export function folderProblems(folder: string): Problem[] {
  const wrong = (allowed: string, wayOut: string): Problem[] => [
    { path: OPTION, value: shown(folder), allowed, wayOut },
  ];
  if (folder === "") return wrong("a folder", `Such as ${OPTION} host-files.`);
  const path = resolve(folder);
  if (existsSync(path)) {
    if (!statSync(path).isDirectory())
      return wrong("a folder", "A file of that name is in the way: take another name.");
    return readdirSync(path).length === 0
      ? []
      : wrong("a new or an empty folder", "It has files already, which stay: take another name.");
  }
  return existsSync(dirname(path)) && statSync(dirname(path)).isDirectory()
    ? []
    : wrong("a folder in one that exists", `Make ${dirname(path)} first.`);
}

/**
 * Writes all of the files below a new or an empty folder, or none: they are written beside their place and then renamed.
 * @throws Error that says what failed; what was written is taken away again
 */
export function writeFiles(folder: string, files: readonly Pick<HostFile, "path" | "text">[]): void {
  const target = resolve(folder);
  const made: string[] = [];
  try {
    const isThere = existsSync(target);
    const stage = mkdtempSync(join(isThere ? target : dirname(target), ".heavyload-"));
    made.push(stage);
    for (const { path, text } of files) {
      mkdirSync(dirname(join(stage, path)), { recursive: true });
      writeFileSync(join(stage, path), text, { flag: "wx" });
    }
    if (isThere) moveInto(target, stage, made);
    else {
      chmodSync(stage, 0o777 & ~process.umask()); // mkdtemp's is its maker's alone
      renameSync(stage, target);
    }
  } catch (error) {
    for (const path of made) rmSync(path, { recursive: true, force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${OPTION}: nothing was written to ${target}: ${why}`, { cause: error });
  }
}

/** A folder that is there keeps its owner and mode, and is whose working folder it may be. */
function moveInto(target: string, stage: string, made: string[]): void {
  for (const name of readdirSync(stage)) {
    renameSync(join(stage, name), join(target, name));
    made.push(join(target, name));
  }
  rmSync(stage, { recursive: true });
}
