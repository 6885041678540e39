import type { Say } from "../progress";
import { CONTAINER } from "./container/container";
import type { KindName } from "./kindName";
import { kvmWorks } from "./vm/kvm";

/** A kind of machine, and why it is that one: a line for people. */
export interface Choice {
  readonly kind: KindName;
  readonly why: string;
}

/** @param openFiles the hard limit of open files that the machine must be able to have */
export async function chooseKind(openFiles: number, say: Say): Promise<Choice> {
  if (await kvmWorks(say)) return { kind: "vm", why: "a virtual machine: KVM works on this computer" };
  const hindrance = await containerHindrance(openFiles);
  return hindrance === undefined
    ? { kind: "container", why: "a container, at native speed: KVM does not work on this computer" }
    : { kind: "vm", why: `an emulated machine, ten times slower: KVM does not work here, and ${hindrance}` };
}

/** Why a container that may have that many open files cannot be had here, or nothing. */
export async function containerHindrance(openFiles: number): Promise<string | undefined> {
  const hindrance = await CONTAINER.hindrance();
  if (hindrance !== undefined) return hindrance;
  const most = (await CONTAINER.abilities({})).openFiles;
  return most >= openFiles
    ? undefined
    : `a container can have no more than ${most} of the ${openFiles} open files of this load`;
}
