import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../lab/cache";
import { must } from "../../lab/run";
import type { Tuned } from "../../lab/drive/tuned";

/** Debian 12's, for packages that are not of Python alone. */
const PYTHON = [
  ...["--python-version", "311", "--only-binary", ":all:"],
  ...["manylinux2014_x86_64", "manylinux_2_28_x86_64"].flatMap((name) => ["--platform", name]),
];
const BASE64_LINE = 76;

/** Packages of PyPI in a folder of the cache, by what they are asked for as. */
async function downloaded(requirements: readonly string[]): Promise<string> {
  const name = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 12);
  const folder = join(cacheFolder("pypi"), name);
  if (existsSync(folder)) return folder;
  const staged = `${folder}.${process.pid}`;
  mkdirSync(staged);
  try {
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-compile", "--root-user-action=ignore"];
    await must("python3", ["-m", "pip", "install", ...quiet, ...PYTHON, "--target", staged, ...requirements]);
    if (!existsSync(folder)) renameSync(staged, folder);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
  return folder;
}

/** Puts packages on a machine that reaches no registry, and a gunicorn that finds them. Returns that. */
export async function installed(
  tuned: Tuned,
  place: string,
  requirements: readonly string[],
): Promise<string> {
  const folder = await downloaded(requirements);
  const packed = await must("sh", ["-c", `tar -C ${folder} -cz . | base64 -w ${BASE64_LINE}`]);
  await tuned.root(`mkdir -p ${place} && base64 -d | tar -C ${place} -xz --no-same-owner`, packed);
  const program = `${place}/gunicorn-bin/gunicorn`;
  const text = `#!/usr/bin/python3
import sys
sys.path.insert(0, ${JSON.stringify(place)})
from gunicorn.app.wsgiapp import run
sys.exit(run())
`;
  await tuned.root(`mkdir -p ${place}/gunicorn-bin && cat >${program} && chmod 755 ${program}`, text);
  return program;
}
