import { spawn } from "node:child_process";
import { once } from "node:events";

/** Its queue is full and nobody takes from it, so the kernel drops what comes: as a host behind a firewall. */
const FULL_QUEUE = `
import socket, time
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
clients = [socket.socket() for _ in range(4)]
for client in clients:
    client.setblocking(False)
    client.connect_ex(server.getsockname())
print(server.getsockname()[1], flush=True)
time.sleep(600)
`;

/** A port of the loopback interface that never answers. */
export class SilentPort {
  private readonly child = spawn("python3", ["-c", FULL_QUEUE], { stdio: ["ignore", "pipe", "inherit"] });
  readonly port: Promise<number> = once(this.child.stdout, "data").then(([chunk]) => Number(String(chunk)));

  close(): void {
    this.child.kill("SIGKILL");
  }
}
