import { spawn, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder } from "../../lab/cache";
import { heartbeat, toStderr } from "../../lab/progress";
import { must } from "../../lab/run";

/** Places for hosts, more than a test has at a time. */
const SLOTS = 12;

/**
 * Debian's HAProxy, beside the system: its package would start a service. The place that it is unpacked to, with what it needs.
 */
async function unpacked(): Promise<string> {
  const folder = join(cacheFolder("haproxy"), "root");
  if (existsSync(folder)) return folder;
  const work = mkdtempSync(join(cacheFolder("haproxy"), "unfinished-"));
  mkdirSync(join(work, "debs", "partial"), { recursive: true });
  const get = [
    "--yes",
    "--no-install-recommends",
    "--download-only",
    "-o",
    `Dir::Cache::archives=${join(work, "debs")}`,
  ];
  await heartbeat(toStderr, "apt-get update", must("apt-get", ["update"]));
  await heartbeat(toStderr, "downloading haproxy", must("apt-get", ["install", ...get, "haproxy"]));
  const debs = readdirSync(join(work, "debs")).filter((name) => name.endsWith(".deb"));
  for (const deb of debs) await must("dpkg-deb", ["-x", join(work, "debs", deb), join(work, "root")]);
  renameSync(join(work, "root"), folder);
  rmSync(work, { recursive: true });
  return folder;
}

/** A load balancer that this process has started: it ends with it. */
export class HaProxy {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** Where visitors come in. */
    readonly url: string,
  ) {}

  static async start(healthPort: number): Promise<HaProxy> {
    const root = await unpacked();
    const folder = mkdtempSync(join(tmpdir(), "heavyload-haproxy-"));
    const port = await freePort();
    const config = join(folder, "haproxy.cfg");
    writeFileSync(
      config,
      `global
  stats socket ${join(folder, "admin")} level admin
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend visitors
  bind 127.0.0.1:${port}
  default_backend hosts
backend hosts
  balance leastconn
  option httpchk GET /
  http-check expect status 200-399
  server-template host 1-${SLOTS} 127.0.0.1:80 check port ${healthPort} inter 1s rise 2 fall 2 disabled
`,
    );
    const libraries = ["usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu"]
      .map((path) => join(root, path))
      .join(":");
    const log = join(folder, "log");
    // Ends with this process, however that ends.
    const program = ["--pdeathsig", "KILL", join(root, "usr/sbin/haproxy"), "-db", "-f", config];
    const child = spawn("sh", ["-c", 'exec setpriv "$@" >>"$0" 2>&1', log, ...program], {
      env: { ...process.env, LD_LIBRARY_PATH: libraries },
      stdio: "ignore",
    });
    const proxy = new HaProxy(child, folder, `http://127.0.0.1:${port}/`);
    for (let i = 0; !existsSync(join(folder, "admin")); i++, await sleep(50))
      if (i > 600 || child.exitCode !== null)
        throw new Error(`HAProxy does not start: ${readFileSync(log, "utf8")}`);
    return proxy;
  }

  /** Sends visitors to a host, in a place of its own. */
  async add(slot: number, address: string): Promise<void> {
    await this.tell(`set server hosts/host${slot} addr ${address} port 80`);
    await this.tell(`set server hosts/host${slot} state ready`);
  }

  /** Sends nobody more, and waits until those have gone who are there. Unit: seconds. */
  async drain(slot: number, most: number): Promise<void> {
    await this.tell(`set server hosts/host${slot} state drain`);
    for (const end = Date.now() + most * 1_000; Date.now() < end; await sleep(100))
      if ((await this.sessions(slot)) === 0) break;
    await this.tell(`set server hosts/host${slot} state maint`);
  }

  /** Requests that are there now. */
  private async sessions(slot: number): Promise<number> {
    const [names = "", ...rows] = (await this.tell("show stat")).trim().split("\n");
    const at = names.replace(/^# /, "").split(",").indexOf("scur");
    const row = rows.find((line) => line.startsWith(`hosts,host${slot},`));
    return Number(row?.split(",")[at]);
  }

  private tell(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const link = connect(join(this.folder, "admin"));
      let said = "";
      link.on("data", (chunk) => (said += String(chunk)));
      link.on("end", () => resolve(said));
      link.on("error", reject);
      link.end(`${command}\n`);
    });
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null && this.process.kill("SIGTERM")) await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
