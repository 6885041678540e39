import type * as pulumi from "@pulumi/pulumi";
import { TunedHost, type TunedHostArgs } from "../../components";
import { settle, valueOf, type Registered } from "./engine";

/** A TunedHost called web on the mock engine, and what it registered there. */
export class TunedWeb {
  constructor(private readonly registered: readonly Registered[]) {}

  async make(args: Partial<TunedHostArgs>, opts?: pulumi.ComponentResourceOptions): Promise<TunedHost> {
    const host = new TunedHost("web", { tier: "10k", ...args }, opts);
    await valueOf(host.summary);
    await settle();
    return host;
  }

  made(type: string): Registered[] {
    return this.registered.filter((resource) => resource.type === type);
  }

  named(name: string): Registered {
    const found = this.registered.find(
      (resource) => resource.name === name && resource.type !== "heavyload:index:TunedHost",
    );
    if (!found) throw new Error(`nothing registered ${name}`);
    return found;
  }

  /** The commands of its tuning. */
  get steps(): Registered[] {
    return this.made("command:remote:Command").filter(({ parent }) =>
      parent.endsWith("$heavyload:index:HostTuning::web"),
    );
  }
}
