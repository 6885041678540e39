/** Clients that ask again as soon as they are answered: each request waits somewhere for no CPU, and then for one. */
export interface ClosedNetwork {
  readonly clients: number;
  /** Of a request that meets no other. Unit: seconds. */
  readonly secondsPerRequest: number;
  /** What all CPUs together can do. Unit: requests a second. */
  readonly mostOfCpus: number;
}

/**
 * Throughput, by exact mean value analysis: a request finds as many others at the CPUs as there are on the average with one
 * client less. Several CPUs count as one that is as fast, and the rest of their time as waiting (Seidmann's approximation).
 * Source: Reiser and Lavenberg, Mean-Value Analysis of Closed Multichain Queuing Networks, 1980.
 * @returns Unit: requests a second.
 */
export function throughput({ clients, secondsPerRequest, mostOfCpus }: ClosedNetwork): number {
  const served = 1 / mostOfCpus;
  const waited = Math.max(secondsPerRequest - served, 0);
  let [found, queue] = [0, 0];
  for (let some = 1; some <= clients; some++) {
    const atCpus = served * (1 + queue);
    found = some / (waited + atCpus);
    queue = found * atCpus;
  }
  return found;
}
