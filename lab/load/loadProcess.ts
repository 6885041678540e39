import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { LoadNetwork } from "./network";

/** A program of this folder that runs in the load's network, prints what it has counted, and ends with its stdin. */
export class LoadProcess<T> {
  ended = false;
  said = "";
  /** All that it has said, from the first line on. */
  readonly history: T[] = [];
  private readonly child: ChildProcess;
  private readonly exit: Promise<void>;

  /** @param latest what stands until it has said something */
  constructor(
    network: LoadNetwork,
    program: string,
    order: object,
    public latest: T,
  ) {
    const args = ["--import", "tsx", join(__dirname, program), JSON.stringify(order)];
    this.child = spawn(...network.inside(process.execPath, args), { stdio: ["pipe", "pipe", "pipe"] });
    this.exit = new Promise((resolve) =>
      this.child.once("close", () => {
        this.ended = true;
        resolve();
      }),
    );
    this.child.stderr?.on("data", (data: Buffer) => (this.said += data.toString()));
    if (this.child.stdout)
      createInterface({ input: this.child.stdout }).on("line", (line) => {
        this.latest = JSON.parse(line) as T;
        this.history.push(this.latest);
      });
  }

  /** Ends it with all its connections; returns what it said last. */
  async stop(): Promise<T> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.exit;
    clearTimeout(timer);
    return this.latest;
  }
}
