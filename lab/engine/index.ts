import { delimiter, dirname } from "node:path";
import { cacheFolder } from "../cache";
import type { Say } from "../progress";
import { failedLately, remember } from "./attempts";
import { buildCli, builtCli } from "./build";
import { downloadCli, downloadedCli, userHome } from "./download";
import { cliOnPath } from "./onPath";
import { hasOfficialPlugin, installOfficialPlugin, linkOfficialPlugin, putRunner } from "./plugin";
import { CLI_VERSION, COMMAND_PLUGIN_VERSION } from "./versions";

/** The Pulumi engine that the lab uses, and how to start it. */
export interface Engine {
  /** Path of the CLI. */
  readonly pulumi: string;
  /**
   * To be added to the environment of every call: PATH with the language host first; PULUMI_HOME only if it is the
   * lab's own (then no login of the person's is seen: give PULUMI_BACKEND_URL).
   */
  readonly env: Readonly<Record<string, string>>;
  /** One line for people: which engine, which version, from where. */
  readonly source: string;
  readonly commandPlugin: "official" | "lab runner";
  /** One line for people; loud when it is the lab's runner. */
  readonly commandPluginLine: string;
}

/** A CLI, before its plugin is known. */
interface Cli {
  readonly pulumi: string;
  readonly source: string;
  readonly own: boolean;
}

/**
 * Finds the engine: `pulumi` on PATH, else downloaded, else built from its Go modules. What was found is not written
 * down: each place is looked at again, in that order, which costs little, so a `pulumi` installed later wins.
 * Only a download that failed is remembered, for an hour (attempts.ts).
 * Throws when there is none to be had, with what is missing.
 */
export async function findEngine(say: Say): Promise<Engine> {
  const cli = (await cliFromPath(say)) ?? (await cliFromDownload(say)) ?? (await cliFromModules(say));
  return withPlugin(cli, say);
}

async function cliFromPath(say: Say): Promise<Cli | undefined> {
  const found = await cliOnPath(say);
  return (
    found && { pulumi: found.pulumi, source: `pulumi ${found.version} on PATH (${found.pulumi})`, own: false }
  );
}

async function cliFromDownload(say: Say): Promise<Cli | undefined> {
  const cli = (pulumi: string) => ({
    pulumi,
    source: `pulumi ${CLI_VERSION}, downloaded (${pulumi})`,
    own: false,
  });
  const there = downloadedCli();
  if (there) return cli(there);
  if (builtCli() && failedLately("pulumi")) return undefined;
  try {
    const pulumi = await downloadCli(say);
    remember("pulumi", true);
    return cli(pulumi);
  } catch (error) {
    say(`pulumi cannot be downloaded: ${(error as Error).message}`);
    remember("pulumi", false);
    return undefined;
  }
}

async function cliFromModules(say: Say): Promise<Cli> {
  const pulumi = builtCli() ?? (await buildCli(say));
  return { pulumi, source: `pulumi ${CLI_VERSION}, built from its Go modules (${pulumi})`, own: true };
}

async function withPlugin({ pulumi, source, own }: Cli, say: Say): Promise<Engine> {
  const ownHome = cacheFolder("engine", "home");
  const home = own ? ownHome : userHome();
  const env = {
    PATH: [dirname(pulumi), process.env["PATH"]].filter(Boolean).join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(own && { PULUMI_HOME: ownHome }),
  };
  const engine = { pulumi, source };
  const official = { ...engine, commandPlugin: "official" as const, commandPluginLine: OFFICIAL };
  // Where one plugin cannot be had, no other can: without this each run tries again, for seconds.
  const closed = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
  if (home !== userHome() && hasOfficialPlugin(userHome())) {
    linkOfficialPlugin(userHome(), ownHome);
    return { ...official, env: { ...env, ...closed } };
  }
  if (hasOfficialPlugin(home) || (await installOfficialPlugin(pulumi, env, home, say))) {
    return { ...official, env: own ? { ...env, ...closed } : env };
  }
  // The person's own PULUMI_HOME is no place for a stand-in.
  await putRunner(ownHome);
  return {
    ...engine,
    env: { ...env, PULUMI_HOME: ownHome, ...closed },
    commandPlugin: "lab runner",
    commandPluginLine: own ? RUNNER : `${RUNNER} (with a PULUMI_HOME of its own: ${ownHome})`,
  };
}

const OFFICIAL = `command plugin ${COMMAND_PLUGIN_VERSION}, the official one`;
const RUNNER =
  `NOTE: the lab's SSH runner stands in for the official command plugin ${COMMAND_PLUGIN_VERSION}, ` +
  "which cannot be downloaded here";
