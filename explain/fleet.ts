import { balancerOf } from "../components/fleet/balancers";
import type { FleetLimit } from "../components/fleet/limits";
import { sizeFleet, type Fleet } from "../components/fleet/sizing";
import type { FleetWish } from "../components/fleet/wish";
import { CAPACITY, INPUTS, type Capacity } from "../components/tuning/capacity";
import { renderProblems, type Problem } from "../components/tuning/problem";
import { renderTable } from "../components/tuning/table";
import { number } from "./number";

/** Types that are shown where none is asked for: for computing, and with twice the memory. */
const TYPES = ["c8g", "m8g"].flatMap((series) =>
  ["xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"].map((size) => `${series}.${size}`),
);

/** One type of machine for a load: how many of it, or why it does not do. */
export interface Choice {
  readonly instanceType: string;
  readonly fleet?: Fleet;
  readonly problems?: readonly Problem[];
}

/** `explain --fleet --json` without an instance. */
export const choices = (input: FleetWish): Choice[] =>
  TYPES.map((instanceType) => ({ instanceType, ...sizeFleet({ ...input, instanceType }) }));

/** Which sizes would do; throws where none does. */
export function choicesText(input: FleetWish): string {
  const found = choices(input);
  const [first] = found.flatMap(({ fleet }) => fleet ?? []);
  if (!first) throw new Error(renderProblems(found[0]?.problems ?? []));
  const rows = found.map(({ instanceType, fleet, problems = [] }) =>
    fleet
      ? [instanceType, number(fleet.size.cpus), number(fleet.size.memoryMiB), ...hostCells(fleet)]
      : [instanceType, "", "", "does not do", "", "", renderProblems(problems)],
  );
  return [
    loadText(first),
    "",
    renderTable(
      [
        { title: "type" },
        { title: "CPUs" },
        { title: "MiB" },
        { title: "hosts" },
        { title: "at the most" },
        { title: "asked for by" },
        { title: "", widest: 60 },
      ],
      rows,
    ),
    "",
    `\`--instance ${first.instanceType}\` shows one of them. Prices differ by region: ask AWS's calculator.`,
    "",
  ].join("\n");
}

const hostCells = ({ hosts, asks: [first] }: Fleet): string[] => [
  number(hosts.needed),
  number(hosts.maxSize),
  first?.limit ?? "",
];

/** One fleet: how many hosts, why, and what breaks first in the whole. */
export function fleetText(fleet: Fleet): string {
  const { instanceType, size, hosts, asks, host, tracking, balancerUnits, breaksFirst } = fleet;
  const balancer = balancerOf(fleet.balancer);
  const { connections, requestsPerSecond } = host.capacity;
  const limits = (some: readonly FleetLimit[], title: string): string =>
    renderTable(
      [{ title }, { title: "at" }, { title: "of the load" }, { title: "then" }],
      some.map(({ limit, at, unit, times, then }) => [limit, `${number(at)} ${unit}`, `${times}x`, then]),
    );
  const conditions = [...new Set(breaksFirst.flatMap(({ onlyIf }) => onlyIf ?? []))];
  return [
    loadText(fleet),
    "",
    `On ${instanceType}: ${number(size.cpus)} CPUs, ${number(size.memoryMiB)} MiB that Linux sees`,
    "",
    renderTable(
      [{ title: "asked for by" }, { title: "hosts" }, { title: "why" }],
      asks.map(({ limit, hosts: count, why }) => [limit, number(count), why]),
    ),
    "",
    `${number(hosts.needed)} hosts carry it; the group has ${number(hosts.minSize)} to ${number(hosts.maxSize)}, and holds ${TRACKED[tracking.metric](tracking.target)}.`,
    `Each is tuned to its share when one is lost: ${number(connections)} connections and ${number(requestsPerSecond)} requests a second.`,
    balancer.pools
      ? `Clients' connections are the balancer's: the hosts see ${number(fleet.connections)} together, one for each request that is worked on or waits.`
      : `Clients' connections go through to the hosts: ${number(fleet.connections)} together.`,
    ...(balancerUnits === undefined
      ? []
      : [
          `Capacity units (LCU) of the balancer for its connections: ${number(balancerUnits)}; reserve them before a load that comes at once.`,
        ]),
    `Database: ${number(host.needs.databaseConnections)} connections of ${number(host.capacity.databaseHosts)} hosts (the most, a fifth more while they are replaced, and the builder), or a pooler that has them.`,
    "",
    limits(
      breaksFirst.filter(({ onlyIf }) => onlyIf === undefined),
      `breaks first, with ${number(hosts.needed)} hosts`,
    ),
    "",
    ...conditions.flatMap((condition) => [
      `If ${condition}:`,
      "",
      limits(
        breaksFirst.filter(({ onlyIf }) => onlyIf === condition),
        "also",
      ),
      "",
    ]),
    "Not reckoned: bandwidth, and the connections that EC2 itself tracks for each type of machine; alarm on",
    "conntrack_allowance_exceeded. Estimates: calibrate them with secondsPerRequest and waitingShare of your own site.",
    `Sources: ${balancer.sources.join(", ")}`,
    "",
  ].join("\n");
}

const TRACKED: Readonly<Record<Fleet["tracking"]["metric"], (target: number) => string>> = {
  ALBRequestCountPerTarget: (target) => `${number(target)} requests a minute and host`,
  ASGAverageCPUUtilization: (target) => `the CPUs at ${target} % on the average`,
};

function loadText(fleet: Fleet): string {
  const { tier, capacity } = fleet;
  const given = INPUTS.filter((name) => capacity[name] !== undefined && !OF_A_HOST.includes(name));
  return [
    `A fleet for tier ${tier} behind an ${balancerOf(fleet.balancer).title}`.replace(
      "an Network",
      "a Network",
    ),
    "",
    renderTable(
      [{ title: "load of the whole" }, { title: "" }, { title: "unit" }],
      given.map((name) => [name, number(capacity[name]), CAPACITY[name].unit]),
    ),
  ].join("\n");
}

/** What a fleet works out itself. */
const OF_A_HOST: readonly (keyof Capacity)[] = ["databaseHosts", "cpus", "memoryMiB", "tls"];
