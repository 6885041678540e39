import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A file that can be started; an empty one is what an interrupted download leaves. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    const { size } = statSync(path);
    return size > 0 && statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first program of that name on PATH. */
export function onPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}
