import { ensurePackages } from "../../packages";
import { heartbeat, type Say } from "../../progress";
import { run } from "../../run";
import { ensureImage, imageFile } from "../image";
import { DEFAULT_RELEASE } from "../releases";
import { KVM, mayHaveKvm, rememberThatKvmFails } from "./accelerator";
import { VM } from "./vm";

/**
 * Whether KVM runs a machine here. That it is there says little, where this computer is a virtual machine itself: the
 * kernel of the machine's image is begun, without a disk, and has to say something.
 */
export async function kvmWorks(say: Say): Promise<boolean> {
  if (!mayHaveKvm()) return false;
  await ensurePackages(say, VM.needs);
  const kernel = imageFile(await ensureImage(say, DEFAULT_RELEASE, "vm"), "kernel");
  const args = [
    ...["-no-user-config", "-nodefaults", "-display", "none", "-no-reboot", ...KVM.args, "-m", "256"],
    ...["-kernel", kernel, "-append", "console=ttyS0 panic=-1", "-serial", "stdio"],
  ];
  const tried = run("qemu-system-x86_64", args, { timeout: KVM.patience });
  const works = (await heartbeat(say, "trying whether KVM works", tried)).stdout !== "";
  if (!works) rememberThatKvmFails();
  return works;
}
