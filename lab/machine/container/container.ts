import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { TARGET, TARGET_PREFIX } from "../../load/target";
import type { MachineFolder, MachineRecord } from "../folder";
import { imageFile, type Image } from "../image";
import type { Kind, Place } from "../kind";
import { start } from "../process";
import { containerHindrance } from "./hindrance";
import { freeLink, LINK_PREFIX, takeAway } from "./link";
import { openFiles } from "./openFiles";

const SCRIPT = join(__dirname, "container.sh");

/** Of one in a user namespace: whatever this computer's root may, its root can raise no hard limit above that. */
const OPEN_FILES_IN_NAMESPACE = 20_000;
/** Its root is nobody on this computer. The files get owners of its own, a copy of all of them, at the first boot. */
const USER_NAMESPACE = [
  "--private-users=pick",
  "--private-users-ownership=chown",
  `--rlimit=NOFILE=1024:${OPEN_FILES_IN_NAMESPACE}`,
];

/** A container of systemd-nspawn's: a Debian of its own at native speed, on this computer's kernel. */
export const CONTAINER: Kind = {
  needs: [
    { program: "systemd-nspawn", package: "systemd-container" },
    { program: "slirp4netns", package: "slirp4netns" },
    { program: "ip", package: "iproute2" },
    { program: "setpriv", package: "util-linux" },
  ],
  hindrance: containerHindrance,
  make: overlay,
  start: startNspawn,
  gone: ({ host }) => takeAway(host),
  abilities: async ({ userNamespace }) => {
    const most = userNamespace ? OPEN_FILES_IN_NAMESPACE : Infinity;
    return { ownKernel: false, openFiles: Math.min(most, await openFiles()), ownSize: false };
  },
};

/** Nothing is copied: what the machine changes lies above the one root of all. */
function overlay(folder: MachineFolder, image: Image): Promise<Place> {
  for (const name of ["upper", "work", "root"]) mkdirSync(join(folder.path, name));
  symlinkSync(imageFile(image, "root"), join(folder.path, "lower"));
  return Promise.resolve({ host: freeLink(folder).address, port: 22, httpPort: 80 });
}

function startNspawn(
  folder: MachineFolder,
  { name, host, userNamespace }: MachineRecord,
): Promise<Partial<MachineRecord>> {
  const { device, gateway, address } = freeLink(folder, host);
  const link = [device, `${gateway}/${LINK_PREFIX}`, `${address}/${LINK_PREFIX}`];
  // What firmware is to a machine: a copy of its disk is another one by it.
  const id = createHash("sha256").update(folder.path).digest("hex").slice(0, 32);
  const load = `${TARGET}/${TARGET_PREFIX}`;
  void start(folder, [
    "sh",
    SCRIPT,
    name,
    folder.tag,
    ...link,
    load,
    `--uuid=${id}`,
    ...(userNamespace ? USER_NAMESPACE : []),
  ]);
  return Promise.resolve({ host: address, accelerator: "native" });
}
