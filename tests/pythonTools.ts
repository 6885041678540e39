import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../lab/cache";
import { installPackages } from "../lab/packages";
import { heartbeat, type Say } from "../lab/progress";
import { must, run } from "../lab/run";

const REQUIREMENTS = join(__dirname, "host", "requirements.txt");

/** The folder with the pinned Python tools (pytest, mypy, ruff …), installed once into the cache. */
export async function pythonTools(say: Say): Promise<string> {
  const pins = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const folder = join(cacheFolder("python"), pins);
  const done = `${folder}/installed`;
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true });
    // Debian keeps what makes an environment in a package of its own.
    if ((await run("python3", ["-c", "import ensurepip"])).code !== 0)
      await installPackages(say, ["python3-venv"]);
    await heartbeat(say, "making a Python environment", must("python3", ["-m", "venv", folder]));
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
    await heartbeat(say, "installing the Python tools", must(`${folder}/bin/python`, pip));
    writeFileSync(done, "");
  }
  return `${folder}/bin`;
}
