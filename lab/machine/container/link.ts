import { existsSync } from "node:fs";
import type { MachineFolder } from "../folder";
import { run } from "../../run";

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

/**
 * Takes away the network device of a container that has ended: by itself it goes with the last socket of the container's
 * network, which may wait minutes for a peer that is gone too.
 */
export async function takeAway(address: string): Promise<void> {
  const link = Array.from({ length: LINKS }, (_, number) => linkNumber(number)).find(
    (one) => one.address === address,
  );
  if (link && !isFree(link)) await run("ip", ["link", "del", link.device]);
}
