// `npm run bench`: times and logins, as ratios within one run, since machines differ and are shared.
import { parseArgs } from "node:util";
import { benchHosts } from "./hosts";
import { benchLoad } from "./load";
import { benchPeers } from "./peers";
import { benchPlan } from "./plan";
import { benchPreview } from "./preview";
import { benchSites } from "./sites";

const BENCHES: Readonly<Record<string, (rounds: number) => void | Promise<void>>> = {
  plan: benchPlan,
  sites: benchSites,
  preview: benchPreview,
  peers: benchPeers,
  hosts: benchHosts,
  load: benchLoad,
};
const NAMES = Object.keys(BENCHES).join("|");

const HELP = `npm run bench [-- --only ${NAMES}] [--rounds N]

plan     a plan, and npm run explain
sites    the tuning of nginx configurations with 3,000 servers, and with 4,000 ports, beside smaller ones
preview  pulumi preview of an existing host's stack, beside an empty TypeScript program's
peers    pulumi up, preview and destroy on a container host; pyinfra and Ansible with the same settings on the same host
hosts    1 to 16 container hosts in one stack: seconds, the engine's memory, logins
load     100,000 connections offered to a machine of 4 GiB, as installed and at tier 100k; once, whatever N is

Medians of N rounds, default 5.`;

async function main(argv: readonly string[]): Promise<number> {
  const options = {
    only: { type: "string" },
    rounds: { type: "string" },
    help: { type: "boolean" },
  } as const;
  const { only, rounds = "5", help } = parseArgs({ args: [...argv], options }).values;
  const wanted = Object.entries(BENCHES).filter(([name]) => only === undefined || name === only);
  if (help || wanted.length === 0 || !(Number.isInteger(Number(rounds)) && Number(rounds) > 0)) {
    console.log(HELP);
    return help ? 0 : 2;
  }
  for (const [, bench] of wanted) await bench(Number(rounds));
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
