import type * as pulumi from "@pulumi/pulumi";
import type { AppArgs } from "./appArgs";
import type { ConnectionArgs } from "./connection";

/** The load that a host must carry, in numbers of one's own, and what it is carried with. */
export interface CapacityArgs {
  /** Client connections held at the same time, idle ones included. Range: 100 to 1000000. */
  connections: pulumi.Input<number>;
  /**
   * Requests that arrive in a second and reach Django. Range: 1 to 100000.
   * @default connections / 10
   */
  requestsPerSecond?: pulumi.Input<number>;
  /**
   * Time Django takes for a request once it has begun, waiting included. Unit: seconds. Range: 0.001 to 30.
   * @default 0.05
   */
  secondsPerRequest?: pulumi.Input<number>;
  /**
   * Share of that time spent waiting for a database or another service. Range: 0 to 0.99.
   * @default 0.8
   */
  waitingShare?: pulumi.Input<number>;
  /**
   * How long a request may wait in gunicorn's queue. Unit: seconds. Range: 0.1 to 25.
   * @default 10
   */
  queueSeconds?: pulumi.Input<number>;
  /**
   * Memory of one gunicorn worker with the application loaded. Unit: MiB. Range: 16 to 65536.
   * @default 100
   */
  workerMemoryMiB?: pulumi.Input<number>;
  /**
   * Whether nginx itself speaks TLS.
   * @default true
   */
  tls?: pulumi.Input<boolean>;
  /**
   * Hosts of this kind that share one database. Range: 1 to 1000.
   * @default 1
   */
  databaseHosts?: pulumi.Input<number>;
  /**
   * max_connections of that database. Range: 10 to 1000000.
   * @default not known
   */
  databaseConnections?: pulumi.Input<number>;
  /**
   * Memory of the host, so that what does not fit is refused at once. Unit: MiB. Range: 256 to 16777216.
   * @default not known
   */
  memoryMiB?: pulumi.Input<number>;
  /**
   * CPUs of the host, as advice. Range: 1 to 1024.
   * @default not known
   */
  cpus?: pulumi.Input<number>;
}

/** What HostTuning is told. */
export interface HostTuningArgs {
  /** How SSH reaches the host. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The load by name: `2k`, `10k`, `50k` or `100k` connections. Either this or `capacity`. */
  tier?: pulumi.Input<string>;
  /** The load in numbers. Either this or `tier`. */
  capacity?: pulumi.Input<CapacityArgs>;
  /**
   * Values of one's own by setting name, as strings or numbers: `{ "net.core.somaxconn": 8192 }`. They take the place
   * of the plan's; the setting's rule stays.
   * @default none
   */
  // The generated SDKs know no union of string and number: values are checked by setting instead.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  tuning?: pulumi.Input<Record<string, any>>;
  /**
   * Any text; a new one applies everything again, after someone changed the host by hand.
   * @default none
   */
  reapply?: pulumi.Input<string>;
  /**
   * Units of systemd that get the limits of open files too, beside nginx and every service that runs gunicorn:
   * `["celery.service"]`.
   * @default none
   */
  services?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The Django application, where heavyload is to make a service and a site of it. Given as a whole, or not at all:
   * which steps there are depends on it.
   * @default none: the host serves a site already
   */
  app?: AppArgs;
  /**
   * How long to try to reach the host, not how long a step may run. Unit: seconds. Range: 5 to 3600.
   * @default 30
   */
  timeout?: pulumi.Input<number>;
  /**
   * Take over a host that another stack, or another name in this one, has tuned.
   * @default false
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * Go ahead on a distribution or version that heavyload was not tested on.
   * @default false
   */
  allowUntested?: pulumi.Input<boolean>;
}
