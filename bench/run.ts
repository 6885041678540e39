// `npm run bench`: what a tier buys, with pictures in docs/bench; and times and logins, as ratios within one run, since
// machines differ and are shared.
import { parseArgs } from "node:util";
import { toStderr } from "../lab/progress";
import { benchHosts } from "./hosts";
import { BREAKS } from "./measured/breaks/breaks";
import { CHANGE } from "./measured/change";
import { FLIGHT } from "./measured/flight";
import { HELD } from "./measured/held";
import type { Measurement } from "./measured/measurement";
import { measured } from "./measured/run";
import { benchPeers } from "./peers";
import { benchPlan } from "./plan";
import { benchPreview } from "./preview";
import { benchSites } from "./sites";

const MEASUREMENTS: readonly Measurement[] = [HELD, FLIGHT, BREAKS, CHANGE];
const TIMES: Readonly<Record<string, (rounds: number) => void | Promise<void>>> = {
  plan: benchPlan,
  sites: benchSites,
  preview: benchPreview,
  peers: benchPeers,
  hosts: benchHosts,
};
const NAMES = [...MEASUREMENTS.map(({ name }) => name), ...Object.keys(TIMES)];

const HELP = `npm run bench [-- --only ${NAMES.join("|")}] [--rounds N] [--quick] [--anew]

With a picture and its numbers in docs/bench; a run that was stopped goes on where it was:

held     connections offered to a machine of 4 GiB, as installed, with the article's settings, and at each tier
flight   requests at once, throughput and times beside what the model predicts
breaks   limits lowered one after the other: what breaks first, and at what load, as predicted and as measured
change   requests that fail while a host goes up and down the tiers and is put back

Printed, medians of N rounds, default 5:

plan     a plan, and npm run explain
sites    the tuning of nginx configurations with 3,000 servers, and with 4,000 ports, beside smaller ones
preview  pulumi preview of an existing host's stack, beside an empty TypeScript program's
peers    pulumi up, preview and destroy on a container host; pyinfra and Ansible with the same settings on the same host
hosts    1 to 16 container hosts in one stack: seconds, the engine's memory, logins

  --quick  what has pictures alone, with few points on containers: fails where a server refuses, is stopped or answers
           500, and writes nothing
  --anew   takes nothing from a run that was stopped`;

async function main(argv: readonly string[]): Promise<number> {
  const options = {
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
    quick: { type: "boolean", default: false },
    anew: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  } as const;
  const { only, rounds, help, ...how } = parseArgs({ args: [...argv], options }).values;
  const isWanted = (name: string): boolean => only === undefined || name === only;
  const isCount = Number.isInteger(Number(rounds)) && Number(rounds) > 0;
  if (help || !NAMES.some(isWanted) || !isCount) {
    console.log(HELP);
    return help ? 0 : 2;
  }
  for (const one of MEASUREMENTS) if (isWanted(one.name)) await measured(one, how, toStderr);
  if (!how.quick)
    for (const [name, bench] of Object.entries(TIMES)) if (isWanted(name)) await bench(Number(rounds));
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
