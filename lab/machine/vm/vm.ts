import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { heartbeat, type Say } from "../../progress";
import { must } from "../../run";
import type { MachineFolder } from "../folder";
import { imageFile, type Image } from "../image";
import type { Kind, Place } from "../kind";
import { freePorts } from "./ports";
import { startQemu } from "./qemu";

/** The machine's ports are forwarded here. */
const VM_HOST = "127.0.0.1";
/** The highest that fs.nr_open can be set to. */
const MOST_OPEN_FILES = 2 ** 30;

/** A machine under QEMU: a kernel, a disk, memory and CPUs of its own. */
export const VM: Kind = {
  needs: [{ program: "qemu-system-x86_64", package: "qemu-system-x86" }],
  hindrance: () => Promise.resolve(undefined),
  make: copyImage,
  start: async (folder, record, say) => ({ accelerator: await startQemu(folder, record, say) }),
  gone: () => Promise.resolve(), // its network card is QEMU's
  abilities: () => Promise.resolve({ ownKernel: true, openFiles: MOST_OPEN_FILES, ownSize: true }),
};

/** A copy of its own of everything: a later image does not change a machine that is there. */
async function copyImage(folder: MachineFolder, image: Image, say: Say): Promise<Place> {
  const disk = join(folder.path, "disk.img");
  const copied = must("cp", ["--sparse=always", "--reflink=auto", imageFile(image, "disk.img"), disk]);
  await heartbeat(say, "copying the disk", copied);
  for (const name of ["kernel", "initrd"] as const)
    copyFileSync(imageFile(image, name), join(folder.path, name));
  const [port = 0, httpPort = 0] = await freePorts(2);
  return { host: VM_HOST, port, httpPort };
}
