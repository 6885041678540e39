import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { MachineFolder } from "../folder";

/**
 * The network between this computer and one container: four addresses of RFC 2544's upper half, which no network in
 * use has. Load has the lower half (lab/load/network.ts).
 */
export interface Link {
  /** This end: a network device. */
  readonly device: string;
  /** Addresses of this end and of the container. */
  readonly gateway: string;
  readonly address: string;
}

export const LINK_PREFIX = 30;
const LINKS = 2 ** 13;

const linkNumber = (number: number): Link => {
  const network = `198.18.${128 + (number >> 6)}`;
  const first = (number & 63) * 4;
  return { device: `hlc${number}`, gateway: `${network}.${first + 1}`, address: `${network}.${first + 2}` };
};

const isFree = ({ device }: Link): boolean => !existsSync(`/sys/class/net/${device}`);

/** The one that the machine has had, if it is free; else the first free one from a place of its own on. */
export function freeLink(folder: MachineFolder, had?: string): Link {
  const links = Array.from({ length: LINKS }, (_, number) => linkNumber(number));
  const begin = Number.parseInt(folder.tag.slice(2, 8), 16) % LINKS;
  const free = [...links.filter(({ address }) => address === had), ...links.slice(begin), ...links].find(
    isFree,
  );
  if (!free) throw new Error(`All ${LINKS} networks for containers are in use. Look at: ip -brief link`);
  return free;
}

/** Its network device goes a moment after the last process of the container, on a busy machine some seconds. */
export async function untilGone(address: string): Promise<void> {
  const link = Array.from({ length: LINKS }, (_, number) => linkNumber(number)).find(
    (one) => one.address === address,
  );
  for (const end = Date.now() + 90_000; link && !isFree(link); await sleep(10))
    if (Date.now() > end)
      throw new Error(
        `The network device ${link.device} is still there though its container has ended: ip link del ${link.device}`,
      );
}
