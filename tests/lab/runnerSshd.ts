import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { must } from "../../lab/run";

const SSHD = "/usr/sbin/sshd";

/** A real OpenSSH server of the test's own: own keys, a free loopback port. */
export class Sshd {
  readonly folder = mkdtempSync(join(tmpdir(), "heavyload-sshd-"));
  port = 0;
  private server: ChildProcess | undefined;

  static async start(): Promise<Sshd> {
    if (!existsSync(SSHD)) {
      throw new Error(`${SSHD} is wanted for this test and is not there: apt-get install openssh-server`);
    }
    const sshd = new Sshd();
    for (const name of ["host", "login", "other"]) {
      await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(sshd.folder, name)]);
    }
    sshd.port = await freePort();
    const settings = {
      Port: sshd.port,
      ListenAddress: "127.0.0.1",
      HostKey: join(sshd.folder, "host"),
      AuthorizedKeysFile: join(sshd.folder, "login.pub"),
      PidFile: "none",
      StrictModes: "no",
      UsePAM: "no",
      PasswordAuthentication: "no",
      AllowTcpForwarding: "yes",
    };
    const config = Object.entries(settings).map(([key, value]) => `${key} ${value}\n`);
    writeFileSync(join(sshd.folder, "config"), config.join(""));
    if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true }); // sshd asks for it when run by root
    const args = ["-D", "-f", join(sshd.folder, "config"), "-E", join(sshd.folder, "log")];
    sshd.server = spawn(SSHD, args, { stdio: "ignore" });
    await sshd.listening();
    return sshd;
  }

  /** The `connection` of a remote.Command that works. */
  connection(changes: Record<string, unknown> = {}): Record<string, unknown> {
    const { port } = this;
    const user = userInfo().username;
    return {
      host: "127.0.0.1",
      port,
      user,
      privateKey: this.key("login"),
      hostKey: this.key("host.pub"),
      ...changes,
    };
  }

  key(name: "host.pub" | "login" | "other" | "other.pub"): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  log(): string {
    return readFileSync(join(this.folder, "log"), "utf8");
  }

  /** How often someone has logged in. */
  logins(): number {
    return this.log().match(/Accepted publickey/g)?.length ?? 0;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.server?.once("close", resolve));
    this.server?.kill();
    await ended;
    rmSync(this.folder, { recursive: true });
  }

  private async listening(): Promise<void> {
    for (let i = 0; i < 50; i++) {
      if (existsSync(join(this.folder, "log")) && /listening/i.test(this.log())) return;
      if (this.server?.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`sshd does not listen on port ${this.port}:\n${this.log()}`);
  }
}

/** A port on which nothing listens now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
