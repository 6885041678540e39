import type * as pulumi from "@pulumi/pulumi";

/**
 * A Django application that lies on the host and that nobody has made a service of. heavyload then sets up gunicorn's
 * service, a socket unit that holds its queue, and its site in nginx. Paths are absolute, of letters, digits and
 * `_ . / @ + -`.
 */
export interface AppArgs {
  /** The WSGI application as gunicorn names it: `shop.wsgi` or `shop.wsgi:application`. */
  wsgi: pulumi.Input<string>;
  /** The folder that gunicorn starts in: where the module is found. */
  directory: pulumi.Input<string>;
  /** The user that it runs as, who must be there already. */
  user: pulumi.Input<string>;
  /**
   * The folder of the virtual environment that has gunicorn in it.
   * Default: none: /usr/bin/gunicorn of the system.
   */
  virtualenv?: pulumi.Input<string>;
  /**
   * A file of `NAME=value` lines for its environment, such as secrets that are on the host already.
   * Default: none.
   */
  environmentFile?: pulumi.Input<string>;
  /**
   * Names that the site answers to: `["shop.example", "*.shop.example"]`.
   * Default: none: whatever name is asked for that no other site has.
   */
  serverNames?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The folder that nginx serves /static/ from.
   * Default: none: the application serves it.
   */
  staticRoot?: pulumi.Input<string>;
}
