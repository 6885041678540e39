import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { heartbeat, type Say } from "../progress";
import { must } from "../run";
import { Scratch } from "../scratch";
import { fetchAny } from "./attempts";
import { isExecutable } from "./executable";
import { CLI_VERSION } from "./versions";

const INSTALLER = "https://get.pulumi.com/install.sh";

/** The person's own PULUMI_HOME. */
export const userHome = () => process.env["PULUMI_HOME"] || join(homedir(), ".pulumi");

/** Where the `pulumi` npm launcher and the Automation API put a CLI: whoever comes first downloads it for all. */
const root = () => join(userHome(), "versions", CLI_VERSION);

/** The downloaded CLI, if there is one with its language host. */
export function downloadedCli(): string | undefined {
  const pulumi = join(root(), "bin", "pulumi");
  return [pulumi, join(root(), "bin", "pulumi-language-nodejs")].every(isExecutable) ? pulumi : undefined;
}

/**
 * Downloads the CLI by Pulumi's installer, as the launcher and `PulumiCommand.install` do; unlike them it notices
 * a closed network within seconds. Throws when it cannot be had.
 */
export async function downloadCli(say: Say): Promise<string> {
  const script = await (await heartbeat(say, "asking for Pulumi's installer", fetchAny([INSTALLER]))).text();
  const scratch = new Scratch("download");
  try {
    const path = join(scratch.path, "install.sh");
    writeFileSync(path, script);
    const args = [path, "--no-edit-path", "--install-root", root(), "--version", CLI_VERSION];
    await heartbeat(say, `downloading pulumi ${CLI_VERSION}`, must("/bin/sh", args, { timeout: PATIENCE }));
  } finally {
    scratch.remove();
  }
  const pulumi = downloadedCli();
  if (!pulumi) throw new Error(`${INSTALLER} left no pulumi in ${root()}`);
  return pulumi;
}

/** 150 MB on a slow line. Unit: milliseconds. */
const PATIENCE = 600_000;
