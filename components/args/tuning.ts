import type * as pulumi from "@pulumi/pulumi";
import type { AppArgs } from "./app";
import type { CapacityArgs } from "./capacity";
import type { ReadinessArgs } from "./readiness";

/** The load, and how to tune for it: what every host is told alike. */
export interface TuningArgs {
  /** The load by name: `2k`, `10k`, `50k` or `100k` connections. Either this or `capacity`. */
  tier?: pulumi.Input<string>;
  /** The load in numbers. Either this or `tier`. */
  capacity?: pulumi.Input<CapacityArgs>;
  /**
   * Values of one's own by setting name, as strings or numbers: `{ "net.core.somaxconn": 8192 }`. They take the place
   * of the plan's; the setting's rule stays.
   * Default: none.
   */
  // The generated SDKs know no union of string and number: values are checked by setting instead.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  tuning?: pulumi.Input<Record<string, any>>;
  /**
   * Any text; a new one applies everything again, after someone changed the host by hand.
   * Default: none.
   */
  reapply?: pulumi.Input<string>;
  /**
   * Units of systemd that get the limits of open files too, beside nginx and every service that runs gunicorn:
   * `["celery.service"]`.
   * Default: none.
   */
  services?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The Django application, where heavyload is to make a service and a site of it. Given as a whole, or not at all:
   * which steps there are depends on it.
   * Default: none: the host serves a site already.
   */
  app?: AppArgs;
  /**
   * A path that every site of the host is asked for beside `/`, with GET: an answer that is worse after a step than before
   * it puts everything back. Whatever it answers, it is to change nothing.
   * Default: none: `/` alone.
   */
  healthPath?: pulumi.Input<string>;
  /**
   * Where a load balancer asks whether the host is ready: `{}` for the defaults. Given as a whole, or not at all.
   * Default: none: nothing listens for it.
   */
  readiness?: pulumi.Input<ReadinessArgs>;
  /**
   * Refuse an nginx configuration of which a part has no place for a setting, such as a `listen` in a snippet that several
   * servers share. Otherwise all else is tuned, and that part is a row of the report: "left, because of ...".
   * Default: false.
   */
  strict?: pulumi.Input<boolean>;
  /**
   * How long to try to reach the host, not how long a step may run. Unit: seconds. Range: 5 to 3600.
   * Default: 30.
   */
  timeout?: pulumi.Input<number>;
  /**
   * `ask`: ask the host what has drifted, in each preview and `up`, by one login that changes nothing. What has is a line
   * each in `pulumi preview --diff`, and `up` repairs just that. A host that does not answer within `timeout` is a warning.
   * Default: off.
   */
  drift?: pulumi.Input<string>;
  /**
   * Take over a host that another stack, another name in this one, or another state of it, has tuned.
   * Default: false.
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * Go ahead on another system than Debian 11 to 14 and Ubuntu 22.04, 24.04 and 26.04.
   * Default: false.
   */
  allowUntested?: pulumi.Input<boolean>;
}

/** What a host is told that is tuned for itself: of a fleet it is decided already. */
export interface OwnHostArgs {
  /**
   * `audit`: change nothing on the host, and have the report say what it has against the plan, what breaks first, what
   * applying it would change and what would be refused. `apply` goes on from there; what was applied before stays, and
   * destroy takes it back. A new `reapply` looks again.
   * Default: apply.
   */
  mode?: pulumi.Input<string>;
  /**
   * Let images be made of the host's disk, by one step more: it refuses a host that is not as it was left, takes the
   * machine's id out, and notes what a copy has to make its own. A machine that boots from such an image gets keys, an
   * id and an owner of its own, works out its values anew, and answers on `readiness` once it has proven itself.
   * Default: false.
   */
  seal?: boolean;
}
