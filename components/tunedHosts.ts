import * as pulumi from "@pulumi/pulumi";
import { checkTunedHosts } from "./checks/host";
import type { Checked } from "./checks/tuning";
import { refuse } from "./checks/refuse";
import { waitsFor } from "./checks/rollout";
import { secretHost, TunedHost } from "./tunedHost";
import type { TunedHostsArgs } from "./args/tunedHosts";
import type { Report } from "./tuning/report";

const TYPE = "heavyload:index:TunedHosts";

/**
 * Several hosts for the same load, changed one after the other: first one of them, and when that is proven the others, a
 * few at a time. A host that fails stops the rest.
 */
export class TunedHosts extends pulumi.ComponentResource {
  /** Where the hosts are reached, by name. */
  public readonly addresses!: pulumi.Output<Record<string, string>>;
  /** The ids of the machines on EC2, by name. */
  public readonly instanceIds!: pulumi.Output<Record<string, string>>;
  /** What the live hosts have, by name. */
  public readonly reports!: pulumi.Output<Record<string, Report>>;
  /** The reports as text tables, by name. */
  public readonly summaries!: pulumi.Output<Record<string, string>>;

  /**
   * @param name with the host's after it (`name-host`) the owner's name on each host
   * @param checked what came out where whoever makes it has checked the arguments already
   * @throws InputPropertiesError with everything that is wrong with the arguments
   */
  constructor(
    name: string,
    args: TunedHostsArgs,
    opts?: pulumi.ComponentResourceOptions,
    checked: Checked = checkTunedHosts(name, args),
  ) {
    const { hosts, first, maxParallel, ...tuning } = args;
    refuse(`TunedHosts ${name}`, checked.problems);
    const given = Object.entries(hosts).map(([host, of]) => [host, secretHost(of)] as const);
    super(TYPE, name, { ...args, hosts: Object.fromEntries(given) }, opts);
    const made = new Map<string, TunedHost>();
    for (const [host, before] of waitsFor(Object.keys(hosts), first ?? undefined, maxParallel ?? undefined)) {
      const dependsOn = before.flatMap((other) => made.get(other) ?? []);
      made.set(
        host,
        new TunedHost(`${name}-${host}`, { ...tuning, ...hosts[host] }, { parent: this, dependsOn }, checked),
      );
    }
    const byName = <T>(value: (host: TunedHost) => pulumi.Output<T>): pulumi.Output<Record<string, T>> =>
      pulumi.all(Object.fromEntries([...made].map(([host, of]) => [host, value(of)]))) as pulumi.Output<
        Record<string, T>
      >;
    this.addresses = byName(({ address }) => address);
    this.instanceIds = byName(({ instanceId }) => instanceId).apply(
      (ids) =>
        Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined)) as Record<
          string,
          string
        >,
    );
    this.reports = byName(({ report }) => report);
    this.summaries = byName(({ summary }) => summary);
    const { addresses, instanceIds, reports, summaries } = this;
    this.registerOutputs({ addresses, instanceIds, reports, summaries });
  }
}
