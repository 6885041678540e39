/** Requests at once, and the workers that take them. */
export interface Spread {
  readonly requests: number;
  readonly workers: number;
  /** Of each worker. */
  readonly threads: number;
}

/**
 * How many requests are worked on, on the average. Each worker takes connections as it comes to it, whatever the others have:
 * a request waits behind those of its worker while another worker's threads have nothing to do. How many a worker has is
 * binomially distributed.
 */
export function busyThreads({ requests, workers, threads }: Spread): number {
  if (workers === 1) return Math.min(requests, threads);
  const odds = 1 / (workers - 1);
  // Of all moments those in which a worker has so many requests.
  let share = ((workers - 1) / workers) ** requests;
  let idle = 0;
  for (let at = 0; at < threads; at++) {
    idle += (threads - at) * share;
    share *= ((requests - at) / (at + 1)) * odds;
  }
  return workers * (threads - idle);
}
