import type * as pulumi from "@pulumi/pulumi";

/**
 * Where a load balancer's health check asks whether the host is ready, on a port of its own in nginx: 503 until everything
 * that was applied is seen to be in force since the host's boot, and from then on what the site answers.
 */
export interface ReadinessArgs {
  /**
   * TCP port. Range: 1 to 65535.
   * Default: 8110.
   */
  port?: pulumi.Input<number>;
  /**
   * The path that the site is asked for once the host is ready, of letters, digits and `_ . / @ + -`.
   * Default: /.
   */
  path?: pulumi.Input<string>;
  /**
   * The name that the site is asked for, which Django's ALLOWED_HOSTS must have.
   * Default: localhost.
   */
  host?: pulumi.Input<string>;
}
