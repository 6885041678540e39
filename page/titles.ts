import type { Capacity } from "../components/tuning/capacity";

/** What the page calls each input. */
export const TITLES: Readonly<Record<keyof Capacity, string>> = {
  connections: "Connections held",
  requestsPerSecond: "Requests a second",
  secondsPerRequest: "Seconds a request",
  waitingShare: "Share of it spent waiting",
  queueSeconds: "Seconds a request may wait",
  workerMemoryMiB: "Memory of a worker, MiB",
  workerClass: "Class of gunicorn's workers",
  tls: "nginx speaks TLS",
  databaseHosts: "Hosts that share a database",
  databaseConnections: "Connections the database lets in",
  balancerIdleSeconds: "Idle seconds of a load balancer",
  memoryMiB: "Memory, MiB",
  cpus: "CPUs",
};

/** What the core calls it where something is wrong with it. */
export const pathOf = (name: keyof Capacity): string => `capacity.${name}`;

/** The page's word for what the core calls so; undefined: it has none. */
export const titleOf = (path: string): string | undefined =>
  Object.entries(TITLES).find(([name]) => path === pathOf(name as keyof Capacity))?.[1];
