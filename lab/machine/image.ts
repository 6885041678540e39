import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { cacheFolder } from "../cache";
import { heartbeat, type Say } from "../progress";
import { must } from "../run";
import { BUILD_NEEDS, ensurePackages, findProgram, isRoot, type Need } from "../packages";
import type { KindName } from "./kindName";
import { RELEASES, type Release } from "./releases";

/** The folder of what machines of one kind and release are made of, and the keys that were made with it. */
export interface Image {
  readonly folder: string;
}

/** What is in it: a VM has a disk, kernel and initrd, a container the root of its files. `login_key` lets the user `admin`
 * in, `host_key.pub` is the public half of the machine's own key. */
type ImageFile = "disk.img" | "kernel" | "initrd" | "root" | "login_key" | "host_key.pub";

export const imageFile = (image: Image, name: ImageFile): string => join(image.folder, name);

const DISK_SIZE = "4G";
const SITE = join(__dirname, "..", "site");
const OVERLAYS = join(__dirname, "overlays");
const CUSTOMIZE = join(__dirname, "customize.sh");
const DISK = join(__dirname, "vm", "disk.sh");
const RECIPE = [__filename, join(__dirname, "releases.ts"), CUSTOMIZE, DISK];

const PACKAGES = [
  // A server with systemd, in its smallest form
  ...["systemd-sysv", "udev", "dbus", "libpam-systemd", "kmod"],
  ...["openssh-server", "sudo", "procps", "iproute2", "ifupdown", "apt"],
  // The site
  ...["nginx-light", "gunicorn", "python3", "python3-django"],
  // For tests that make a step's system calls fail, or its clock go wrong
  ...["strace", "faketime"],
  // At hand for configurations that load them
  ...["libnginx-mod-stream", "libnginx-mod-mail"],
];
const LUA = "libnginx-mod-http-lua";
const PACKAGES_OF: Readonly<Record<KindName, readonly string[]>> = {
  vm: ["linux-image-cloud-amd64", "initramfs-tools"],
  container: [],
};
const NEEDS_OF: Readonly<Record<KindName, readonly Need[]>> = {
  vm: [{ program: "mke2fs", package: "e2fsprogs" }],
  container: [],
};
/** What the build needs no more. */
const SCRAPS = ["root.tar", "overlay.tar", "overlay", "host_key"];

/** Builds the image, once: it is kept in the cache under the hash of everything that makes it. */
export async function ensureImage(say: Say, release: Release, kind: KindName): Promise<Image> {
  const final = join(cacheFolder("image"), `debian-${release}-${kind}-${recipeHash()}`);
  if (!existsSync(final)) await build(final, release, kind, say);
  return { folder: final };
}

/** Of everything that decides what is in the image, and of every file that is copied into it. */
function recipeHash(): string {
  const hash = createHash("sha256");
  for (const path of [...RECIPE, ...filesBelow(OVERLAYS), ...filesBelow(SITE)]) {
    hash
      .update(`${relative(__dirname, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 12);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isByteCode(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const isByteCode = (path: string): boolean => path.includes("__pycache__");

async function build(final: string, release: Release, kind: KindName, say: Say): Promise<void> {
  await ensurePackages(say, [...BUILD_NEEDS, ...NEEDS_OF[kind]]);
  const start = Date.now();
  const folder = `${final}.${process.pid}`;
  removeLeftovers();
  mkdirSync(folder, { recursive: true });
  try {
    const { title } = RELEASES[release];
    say(`building the ${kind}'s image, once: ${title} with nginx, gunicorn and Django`);
    await makeKey(join(folder, "login_key"), "admin@lab");
    await makeKey(join(folder, "host_key"), "root@lab");
    await bootstrap(folder, release, kind, await packOverlay(folder, kind), say);
    if (kind === "vm") await writeDisk(folder, say);
    for (const name of SCRAPS) rmSync(join(folder, name), { recursive: true, force: true });
    publish(folder, final);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  say(`the image is built (${Math.round((Date.now() - start) / 1000)} s): ${final}`);
}

async function writeDisk(folder: string, say: Say): Promise<void> {
  const disk = [DISK, join(folder, "root.tar"), folder, DISK_SIZE];
  const env = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  const [program, args] = isRoot ? ["sh", disk] : ["fakeroot", ["sh", ...disk]];
  await heartbeat(say, "writing the disk", must(program, args, { env }));
}

/** A build that was killed leaves its folder, whose name ends in the id of a process that is gone. */
function removeLeftovers(): void {
  const images = cacheFolder("image");
  for (const name of readdirSync(images)) {
    const builder = /\.(\d+)$/.exec(name)?.[1];
    if (builder !== undefined && !existsSync(`/proc/${builder}`) && unmounted(join(images, name)))
      rmSync(join(images, name), { recursive: true, force: true });
  }
}

/** Whether nothing is mounted below a folder any more: mmdebstrap that was killed leaves this computer's /proc and /sys there. */
function unmounted(folder: string): boolean {
  const mounted = () =>
    readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "")
      .filter((place) => place.startsWith(`${folder}/`));
  for (const place of mounted().reverse()) spawnSync("umount", [place]);
  return mounted().length === 0;
}

/** Under its final name an image is always whole. Of two that are built at once the first one stays. */
function publish(folder: string, final: string): void {
  try {
    renameSync(folder, final);
  } catch (error) {
    if (!existsSync(final)) throw error;
  }
}

async function makeKey(path: string, comment: string): Promise<void> {
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path]);
}

/** One archive with every file that is not from a package. Owners and modes do not depend on the checkout's. */
async function packOverlay(folder: string, kind: KindName): Promise<string> {
  const stage = join(folder, "overlay");
  const archive = join(folder, "overlay.tar");
  for (const name of ["common", kind]) cpSync(join(OVERLAYS, name), stage, { recursive: true });
  cpSync(SITE, join(stage, "srv", "site"), { recursive: true, filter: (path) => !isByteCode(path) });
  cpSync(join(folder, "login_key.pub"), join(stage, "home", "admin", ".ssh", "authorized_keys"));
  for (const suffix of ["", ".pub"])
    cpSync(join(folder, `host_key${suffix}`), join(stage, "etc", "ssh", `ssh_host_ed25519_key${suffix}`));
  cpSync(CUSTOMIZE, join(stage, "customize.sh"));
  const owners = ["--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
  await must("tar", [...owners, "-C", stage, "-cf", archive, "."]);
  return archive;
}

/** Without a mirror's address mmdebstrap takes Debian's own, with updates and security, here and in the image. */
async function bootstrap(
  folder: string,
  release: Release,
  kind: KindName,
  overlay: string,
  say: Say,
): Promise<void> {
  const { moving, noLua } = RELEASES[release];
  const packages = [...PACKAGES_OF[kind], ...PACKAGES, ...(noLua ? [] : [LUA])];
  const args = [
    "--variant=minbase",
    `--include=${packages.join(",")}`,
    ...["man", "doc", "locale", "info"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    // The next release's lists say until when they are good, which a mirror may be behind.
    ...(moving ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : []),
    `--customize-hook=tar-in ${overlay} /`,
    '--customize-hook=chroot "$1" sh /customize.sh',
    '--customize-hook=rm "$1/customize.sh"',
    release,
    join(folder, kind === "vm" ? "root.tar" : "root"),
  ];
  const onLine = (line: string) => line.startsWith("I: ") && say(`  mmdebstrap ${release}: ${line.slice(3)}`);
  // Its default is /tmp, which may be small. In a user namespace it could not enter a home folder.
  const env: Record<string, string> = isRoot ? { TMPDIR: folder } : {};
  await heartbeat(say, `installing ${RELEASES[release].title}`, must(mmdebstrap(), args, { onLine, env }));
}

const mmdebstrap = (): string => findProgram("mmdebstrap") ?? "mmdebstrap";
