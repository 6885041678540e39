import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** By which people and supervisors end a program, without SIGHUP, which nohup has it not hear. */
const ENDS = ["SIGINT", "SIGTERM"] as const;
const there = new Set<Scratch>();

const endBy = (signal: (typeof ENDS)[number]): never => process.exit(128 + constants.signals[signal]);
const removeAll = (): void => {
  for (const one of there) one.remove();
};

/** A temporary folder that only its maker reads. It goes when it is told to, and with this process. */
export class Scratch {
  readonly path: string;

  /** @param name what it is for, a part of its path */
  constructor(name: string) {
    this.path = mkdtempSync(join(tmpdir(), `heavyload-${name}-`));
    if (there.size === 0) {
      process.on("exit", removeAll);
      for (const signal of ENDS) process.on(signal, endBy);
    }
    there.add(this);
  }

  remove(): void {
    if (!there.delete(this)) return;
    if (there.size === 0) {
      process.off("exit", removeAll);
      for (const signal of ENDS) process.off(signal, endBy);
    }
    // What still writes there may be about to end.
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}
