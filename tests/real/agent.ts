import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must, type RunOptions } from "../../lab/run";

/** A login whose keys nobody else needs. */
export const LOGIN = "narrow";

/** An SSH agent with one key. */
export class Agent {
  private constructor(readonly socket: string) {}

  /** What a program is run with to find it. */
  get options(): RunOptions {
    return { env: { SSH_AUTH_SOCK: this.socket } };
  }

  static async with(key: string, act: (agent: Agent) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "heavyload-agent-"));
    const agent = new Agent(join(folder, "socket"));
    const process = spawn("ssh-agent", ["-D", "-a", agent.socket], { stdio: "ignore" });
    const ended = once(process, "exit");
    try {
      while (!existsSync(agent.socket)) await new Promise((resolve) => setTimeout(resolve, 50));
      await must("ssh-add", ["-q", key], agent.options);
      await act(agent);
    } finally {
      process.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
