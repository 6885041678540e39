import { Tuned } from "../../lab/drive/tuned";
import type { LoadNetwork } from "../../lab/load/network";
import type { Machine } from "../../lab/machine";
import { withServer } from "./server";

const PORT = 5432;
/** Takes all who come and waits for them to close. */
const SERVER = `
import socketserver, sys
class Taken(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(1)
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 1024
with Server((sys.argv[1], int(sys.argv[2])), Taken) as server:
    print("ready", flush=True)
    server.serve_forever()
`;
/** Opens one after the other until there is no port, and then until there is one again; prints how many, and the time between. */
const CLIENT = `
import errno, socket, sys, time
where = (sys.argv[1], int(sys.argv[2]))
def opened():
    with socket.socket() as one:
        try:
            one.connect(where)
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            return False
        one.shutdown(socket.SHUT_WR)
        one.recv(1)
        return True
begin = time.monotonic()
count = 0
while opened():
    count += 1
while not opened():
    time.sleep(0.1)
print(count, time.monotonic() - begin)
`;

/** Connections to one address that a host can open a second when each is closed at once, by the kernel itself. */
export function portsInAMinute(machine: Machine, network: LoadNetwork): Promise<number> {
  const [source = ""] = network.sources;
  const where = [source, String(PORT)];
  const server = { command: "python3", args: ["-c", SERVER, ...where], ready: "ready" };
  return withServer(network, server, async () => {
    const said = await new Tuned(machine).root(`python3 - ${where.join(" ")}`, CLIENT);
    const [count = NaN, seconds = NaN] = said.trim().split(" ").map(Number);
    return count / seconds;
  });
}
