import { LoadProcess } from "./loadProcess";
import type { LoadNetwork } from "./network";
import { TARGET } from "./target";
import type { SteadyCounts, SteadyOrder } from "./steady";

/** Before the first request. */
export const NOTHING: SteadyCounts = { answered: 0, answeredFresh: 0, retried: 0, failed: {}, seconds: 0 };

/** Requests at a steady pace, while something else happens to the machine. */
export class SteadyLoad {
  private constructor(private readonly process: LoadProcess<SteadyCounts>) {}

  static start(network: LoadNetwork, order: Omit<SteadyOrder, "target" | "source">): SteadyLoad {
    const source = network.sources.at(-1) ?? ""; // whose ports those that hold connections do not use
    return new SteadyLoad(
      new LoadProcess<SteadyCounts>(network, "steady.ts", { ...order, target: TARGET, source }, NOTHING),
    );
  }

  /** What has become of the requests so far. Throws when the process that makes them has ended. */
  get counts(): SteadyCounts {
    if (this.process.ended) throw new Error(`The process that makes the load ended: ${this.process.said}`);
    return this.process.latest;
  }

  /** The same, a second after the other. */
  get history(): readonly SteadyCounts[] {
    return this.process.history;
  }

  stop(): Promise<SteadyCounts> {
    return this.process.stop();
  }
}
