import type * as pulumi from "@pulumi/pulumi";

/** The load that a host must carry, in numbers of one's own, and what it is carried with. */
export interface CapacityArgs {
  /** Client connections held at the same time, idle ones included. Range: 100 to 1000000. */
  connections: pulumi.Input<number>;
  /**
   * Requests that arrive in a second and reach Django. Range: 1 to 100000.
   * Default: connections / 10.
   */
  requestsPerSecond?: pulumi.Input<number>;
  /**
   * Time Django takes for a request once it has begun, waiting included. Unit: seconds. Range: 0.001 to 30.
   * Default: 0.05.
   */
  secondsPerRequest?: pulumi.Input<number>;
  /**
   * Share of that time spent waiting for a database or another service. Range: 0 to 0.99.
   * Default: 0.8.
   */
  waitingShare?: pulumi.Input<number>;
  /**
   * How long a request may wait in gunicorn's queue. Unit: seconds. Range: 0.1 to 25.
   * Default: 10.
   */
  queueSeconds?: pulumi.Input<number>;
  /**
   * Memory of one gunicorn worker with the application loaded. Unit: MiB. Range: 16 to 65536.
   * Default: 100.
   */
  workerMemoryMiB?: pulumi.Input<number>;
  /**
   * Kind of gunicorn's workers: `gthread`, `sync`, `gevent`, or `asgi` for an application for asyncio. A class that the
   * site has chosen stays in any case.
   * Default: gthread.
   */
  workerClass?: pulumi.Input<string>;
  /**
   * Whether nginx itself speaks TLS.
   * Default: true.
   */
  tls?: pulumi.Input<boolean>;
  /**
   * Hosts of this kind that share one database. Range: 1 to 1000.
   * Default: 1.
   */
  databaseHosts?: pulumi.Input<number>;
  /**
   * max_connections of that database. Range: 10 to 1000000.
   * Default: not known.
   */
  databaseConnections?: pulumi.Input<number>;
  /**
   * Idle time-out of a load balancer before the host that keeps connections to it open: 60 of an Application Load
   * Balancer. nginx keeps them longer, and a request must be through in that time. Unit: seconds. Range: 1 to 3500.
   * Default: not known: nginx keeps idle connections for 65 seconds.
   */
  balancerIdleSeconds?: pulumi.Input<number>;
  /**
   * Memory of the host, so that what does not fit is refused at once. Unit: MiB. Range: 256 to 16777216.
   * Default: not known.
   */
  memoryMiB?: pulumi.Input<number>;
  /**
   * CPUs of the host, as advice. Range: 1 to 8192.
   * Default: not known.
   */
  cpus?: pulumi.Input<number>;
}
