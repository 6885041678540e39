import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Say } from "../progress";
import { run } from "../run";
import { isExecutable, onPath } from "./executable";
import { isAtLeast, OLDEST_CLI } from "./versions";

/** Unit: milliseconds. */
const PATIENCE = 10_000;

/** A `pulumi` that the person has installed, if it works with a Node language host; else `say` tells why not. */
export async function cliOnPath(say: Say): Promise<{ pulumi: string; version: string } | undefined> {
  const pulumi = onPath("pulumi");
  if (!pulumi) return undefined;
  const home = realpathSync(pulumi);
  // The npm launcher would now download whatever it likes, without a time limit; see download.ts.
  if (home.endsWith(join("node_modules", "pulumi", "run.js"))) return undefined;
  const host = [join(dirname(home), HOST), onPath(HOST)].find((path) => path && isExecutable(path));
  if (!host) {
    say(`${pulumi} is passed over: there is no ${HOST} beside it or on PATH`);
    return undefined;
  }
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
  const [cli, help] = await Promise.all([
    run(pulumi, ["version"], { env, timeout: PATIENCE }),
    run(host, ["-h"], { timeout: PATIENCE }),
  ]);
  const version = /^v?(\d+\.\d+\.\d+\S*)/m.exec(cli.stdout)?.[1];
  const problem =
    cli.code !== 0 || !version
      ? `\`${pulumi} version\` failed with exit status ${cli.code}: ${lastLine(cli.stderr + cli.stdout)}`
      : !isAtLeast(version, OLDEST_CLI)
        ? `${pulumi} is version ${version}, wanted ${OLDEST_CLI} or newer`
        : CANNOT_RUN.includes(help.code)
          ? `${host} cannot be run: ${lastLine(help.stderr)}`
          : undefined;
  if (!problem && version) return { pulumi, version };
  say(`${pulumi} is passed over: ${problem}`);
  return undefined;
}

const HOST = "pulumi-language-nodejs";
/** What `run` and shells give for: out of time, not executable, not found. */
const CANNOT_RUN = [124, 126, 127];
const lastLine = (text: string) => text.trim().split("\n").pop() ?? "";
