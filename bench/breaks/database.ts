import { appendFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { LoadNetwork } from "../../lab/load/network";
import { TARGET, TARGET_PREFIX } from "../../lab/load/target";
import { installPackages } from "../../lab/packages";
import type { Say } from "../../lab/progress";
import { must } from "../../lab/run";
import { Scratch } from "../../lab/scratch";
import { withServer } from "./server";

/** No superuser, for whom the server keeps connections back. */
export const USER = "site";
const SYSTEM_USER = "postgres";
const AS_SYSTEM_USER = [`--reuid=${SYSTEM_USER}`, `--regid=${SYSTEM_USER}`, "--clear-groups"];
const PROGRAMS = "/usr/lib/postgresql";

/** Where it is reached from the machine. */
export const addressOf = ({ sources: [address = ""] }: LoadNetwork): string => address;

/** PostgreSQL on this end of the load's network, with as many connections and no more, as long as the work takes. */
export async function withDatabase<T>(
  network: LoadNetwork,
  connections: number,
  say: Say,
  work: () => Promise<T>,
): Promise<T> {
  if (!existsSync(PROGRAMS)) await installPackages(say, ["postgresql"]);
  const [version = ""] = readdirSync(PROGRAMS).sort().reverse();
  const program = (name: string): string => join(PROGRAMS, version, "bin", name);
  const scratch = new Scratch("database");
  const data = join(scratch.path, "data");
  const once = (name: string, args: readonly string[], input = ""): Promise<string> =>
    must("setpriv", [...AS_SYSTEM_USER, program(name), ...args], { input });
  try {
    await must("chown", [SYSTEM_USER, scratch.path]);
    await once("initdb", ["--no-sync", "--auth=trust", "--pgdata", data]);
    await once("postgres", ["--single", "-D", data, "postgres"], `create role ${USER} login\n`);
    appendFileSync(join(data, "pg_hba.conf"), `host all all ${TARGET}/${TARGET_PREFIX} trust\n`);
    const given = {
      listen_addresses: addressOf(network),
      unix_socket_directories: "",
      max_connections: connections,
      fsync: "off",
    };
    const words = Object.entries(given).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = {
      command: program("postgres"),
      args: ["-D", data, ...words],
      as: AS_SYSTEM_USER,
      ready: "ready to accept connections",
      stop: "SIGINT", // "fast": it ends connections itself
    } as const;
    return await withServer(network, server, work);
  } finally {
    scratch.remove();
  }
}
