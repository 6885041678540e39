import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cache";

/**
 * A failed download is not tried again for an hour where there is something to fall back on: long enough that a
 * day's work on a closed network does not wait for it at each run, short enough that nobody who has come back to
 * an open network needs to know of it. Unit: milliseconds.
 */
const REST = 3_600_000;

/** Unit: milliseconds. */
const PATIENCE = 8_000;

const stamp = (what: string) => join(cacheFolder("engine"), `download-failed.${what}`);

export function failedLately(what: string): boolean {
  const failed = statSync(stamp(what), { throwIfNoEntry: false })?.mtimeMs;
  return failed !== undefined && Date.now() - failed < REST;
}

export function remember(what: string, worked: boolean): void {
  if (worked) rmSync(stamp(what), { force: true });
  else writeFileSync(stamp(what), "");
}

/** Fetches the first of the addresses that answers; a closed network is an error within some seconds. */
export async function fetchAny(addresses: readonly string[]): Promise<Response> {
  const signal = AbortSignal.timeout(PATIENCE);
  const ask = async (address: string) => {
    const response = await fetch(address, { signal });
    if (!response.ok) throw new Error(`${address}: HTTP ${response.status}`);
    return response;
  };
  try {
    return await Promise.any(addresses.map(ask));
  } catch (error) {
    const [first] = (error as AggregateError).errors as Error[];
    const cause = first?.cause instanceof Error ? first.cause.message : first?.message;
    throw new Error(`${addresses.join(" and ")} cannot be reached (${cause})`, { cause: error });
  }
}
