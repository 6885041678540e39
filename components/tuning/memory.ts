import type { Capacity } from "./capacity";
import type { Demand } from "./demand";

/** Where the memory of a host goes that gunicorn's workers do not take. Unit: MiB. */
export interface Memory {
  /** The operating system, nginx and gunicorn's master at rest. */
  readonly base: number;
  /** Connections held, in the kernel and in nginx. */
  readonly connections: number;
  /** nginx's slots, allocated whether they are used or not. */
  readonly slots: number;
  /** Requests that wait in nginx and in gunicorn's socket when both queues are full. */
  readonly queued: number;
  /** Closed connections that the kernel remembers. */
  readonly timeWait: number;
}

const BASE = 384;
/**
 * Measured for an idle keep-alive connection: 3.7 in the kernel (Linux 6.1, 6.18), 0.5 in nginx (1.18 to 1.30), and 0.3 where
 * it is tracked. Unit: KiB.
 */
export const PLAIN_CONNECTION = 4.6;
/** Measured for nginx 1.22 with OpenSSL 3.0, TLS 1.3: 13.3 more in nginx. Unit: KiB. */
export const TLS_CONNECTION = 18;
/** Measured with nginx 1.22 and the headers of a browser: 9.2 KB more in nginx, 6.3 KB for the unix socket's two ends. Unit: KiB. */
export const QUEUED_REQUEST = 16;
/** Measured. Unit: bytes. */
export const NGINX_SLOT = 437;
/** Unit: bytes. */
export const TIME_WAIT_SOCKET = 256;

const MIB = 2 ** 20;

export function memoryOf({ connections, tls }: Capacity, demand: Demand): Memory {
  return {
    base: BASE,
    connections: Math.ceil((connections * connectionKiB(tls) * 1024) / MIB),
    slots: Math.ceil((2 * (connections + demand.upstream) * NGINX_SLOT) / MIB),
    queued: Math.ceil((demand.upstream * QUEUED_REQUEST * 1024) / MIB),
    timeWait: Math.ceil((demand.timeWait * TIME_WAIT_SOCKET) / MIB),
  };
}

export const connectionKiB = (tls: boolean): number => (tls ? TLS_CONNECTION : PLAIN_CONNECTION);

/** All of it while requests are answered as they come. */
export const besideWorkers = ({ base, connections, slots, timeWait }: Memory): number =>
  base + connections + slots + timeWait;

/** The same with both queues full. */
export const underFullQueues = (memory: Memory): number => besideWorkers(memory) + memory.queued;
