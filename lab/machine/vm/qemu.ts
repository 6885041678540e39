import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Say } from "../../progress";
import type { MachineFolder, MachineRecord } from "../folder";
import { kill, start } from "../process";
import { type Accelerator, accelerators, rememberThatKvmFails } from "./accelerator";
import { tapHindrance } from "./tap";

/** Starts QEMU and waits for the kernel's first line. Returns the name of the accelerator that brought it. */
export async function startQemu(folder: MachineFolder, record: MachineRecord, say: Say): Promise<string> {
  const choices = accelerators();
  const tap = (await tapHindrance()) === undefined ? folder.tag : undefined;
  for (const accelerator of choices) {
    const command = ["qemu-system-x86_64", ...qemuArguments(record, accelerator, tap)];
    const problem = await Promise.race([start(folder, command), firstLine(folder, accelerator)]);
    if (problem === undefined) return accelerator.name;
    await kill(folder);
    if (accelerator === choices.at(-1))
      throw new Error(`The lab machine "${record.name}" did not start: ${problem}\nSee ${folder.log}`);
    rememberThatKvmFails();
    say("KVM does not work on this computer: the machine is emulated, which is about ten times slower");
  }
  throw new Error("unreachable: the last accelerator returns or throws");
}

async function firstLine(
  folder: MachineFolder,
  { name, patience }: Accelerator,
): Promise<string | undefined> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(100)) {
    if (statSync(folder.console).size > 0) return undefined;
  }
  return `with the accelerator ${name}, its kernel said nothing for ${patience / 1000} s`;
}

/** Paths are relative to the machine's folder: QEMU gives commas in a path a meaning. */
function qemuArguments(record: MachineRecord, accelerator: Accelerator, tap: string | undefined): string[] {
  const forward = (from: number, to: number) => `hostfwd=tcp:127.0.0.1:${from}-:${to}`;
  return [
    ...["-name", `heavyload-${record.name}`, "-no-user-config", "-nodefaults", "-display", "none"],
    ...["-machine", "pc,vmport=off", ...accelerator.args],
    ...["-smp", String(record.cpus), "-m", String(record.memoryMiB)],
    ...["-kernel", "kernel", "-initrd", "initrd"],
    // loglevel=6 shows the kernel's first line at once, and systemd's units as they start
    ...["-append", "root=/dev/vda rw console=ttyS0 net.ifnames=0 loglevel=6"],
    ...["-serial", "file:console.log"],
    // The guest's flush reaches the file; what it has not flushed may get there too, as on a disk with a cache.
    ...[
      "-drive",
      "if=none,id=disk,format=raw,cache=writeback,file=disk.img",
      "-device",
      "virtio-blk-pci,drive=disk",
    ],
    ...["-netdev", `user,id=net,${forward(record.port, 22)},${forward(record.httpPort, 80)}`],
    ...["-device", "virtio-net-pci,netdev=net,romfile="], // no boot ROM: the kernel is loaded by QEMU
    // The forwarded ports' queue is far too short for load. The device is QEMU's: it goes with it.
    ...(tap
      ? [
          "-netdev",
          `tap,id=load,ifname=${tap},script=no,downscript=no`,
          "-device",
          "virtio-net-pci,netdev=load,romfile=",
        ]
      : []),
  ];
}
