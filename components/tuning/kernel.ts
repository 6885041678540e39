import { CONNTRACK_TIME_WAIT, LONGEST_QUEUE, power, TIME_WAIT } from "./demand";
import {
  DEFAULT_PORTS,
  HIGHEST_PORT,
  LOWEST_PORT,
  PORT_RANGE,
  portRange,
  RESERVED_PORTS,
  reservedPorts,
} from "./localPorts";
import type { Model } from "./model";
import { entriesOf, always, type Place, type Setting } from "./setting";
import { ARTICLE, CONNTRACK_SYSCTL, IP_SYSCTL, NET_SYSCTL } from "./sources";

const SYSCTL: Place = { at: "sysctl" };
/** A host's first network namespace alone has it. */
const OF_THE_FIRST: Place = { ...SYSCTL, absent: "a network namespace of its own has no such key" };
const OF_CONNTRACK: Place = {
  ...SYSCTL,
  absent: "the module nf_conntrack is not loaded, or is not this namespace's",
};
const MOST_FLOWS = 33_554_432;
const FLOWS_A_BUCKET = 4;

const acceptQueue = ({ demand }: Model): string => String(demand.acceptQueue);

/** Every flow that can exist, twice, as a power of two: a full table drops packets of connections that work. */
const flows = ({ capacity: { connections, requestsPerSecond } }: Model): number =>
  Math.max(power(2 * (connections + requestsPerSecond * CONNTRACK_TIME_WAIT)), 65_536);

/** sysctl keys of the network stack, in the order in which their values are worked out. */
export const KERNEL: readonly Setting[] = entriesOf<Setting>("kernel", [
  {
    name: "net.core.somaxconn",
    place: SYSCTL,
    unit: "connections",
    default: "4096; 128 before kernel 5.4",
    mostByDefault: 4_096,
    rule: "at least",
    type: { kind: "integer", min: 128, max: LONGEST_QUEUE },
    formula: `the power of two from connections up, 4096 to ${LONGEST_QUEUE}`,
    value: acceptQueue,
    why: "Caps the accept queue of every listen(), TCP and unix sockets alike: what arrives at once beyond it is dropped.",
    source: `${IP_SYSCTL} and listen(2)`,
    condition: "A listener that asks for less keeps less: nginx asks for 511, gunicorn for 2048.",
  },
  {
    name: "net.core.netdev_max_backlog",
    place: OF_THE_FIRST,
    unit: "packets",
    default: "1000",
    rule: "at least",
    type: { kind: "integer", min: 1_000, max: 1_000_000 },
    formula: "connections / 4, at least 2500",
    value: ({ capacity: { connections } }) => String(Math.max(2_500, Math.ceil(connections / 4))),
    why: "Packets a CPU may leave waiting when they come faster than it takes them; column 2 of /proc/net/softnet_stat counts those lost. How many are right is a guess: raise it when that column grows.",
    source: `${NET_SYSCTL}; 2500 is ${ARTICLE}`,
    condition:
      "Network cards whose driver polls (NAPI) use it only with RPS; loopback and virtual ones always.",
  },
  {
    name: "net.ipv4.tcp_max_syn_backlog",
    place: SYSCTL,
    unit: "connections",
    default: "by memory, 128 to 4096",
    mostByDefault: 4_096,
    rule: "at least",
    type: { kind: "integer", min: 128, max: LONGEST_QUEUE },
    formula: "as net.core.somaxconn",
    value: acceptQueue,
    why: "Half-open connections a listener remembers.",
    source: `${IP_SYSCTL} and listen(2)`,
    condition:
      "Does nothing while net.ipv4.tcp_syncookies is 1 or 2; it counts on hosts that switched cookies off.",
  },
  {
    name: "net.ipv4.tcp_keepalive_time",
    place: SYSCTL,
    unit: "seconds",
    default: "7200",
    rule: "at most",
    type: { kind: "integer", min: 10, max: 7_200 },
    ...always("300"),
    why: "Silence after which the kernel asks whether the peer still lives, so that dead clients give their slot back.",
    source: `${IP_SYSCTL}; 300 is ${ARTICLE}`,
    condition: "Touches only sockets with SO_KEEPALIVE: nginx's with so_keepalive=on.",
  },
  {
    name: "net.ipv4.tcp_keepalive_intvl",
    place: SYSCTL,
    unit: "seconds",
    default: "75",
    rule: "at most",
    type: { kind: "integer", min: 1, max: 75 },
    ...always("30"),
    why: "Between two such questions. With the two others a dead client is gone after 7.5 minutes, not after 2 hours and 11.",
    source: IP_SYSCTL,
    condition: "Touches only sockets with SO_KEEPALIVE.",
  },
  {
    name: "net.ipv4.tcp_keepalive_probes",
    place: SYSCTL,
    unit: "questions",
    default: "9",
    rule: "at most",
    type: { kind: "integer", min: 2, max: 9 },
    ...always("5"),
    why: "Unanswered questions after which the connection is given up.",
    source: IP_SYSCTL,
    condition: "Touches only sockets with SO_KEEPALIVE.",
  },
  {
    name: PORT_RANGE,
    place: SYSCTL,
    unit: "ports",
    default: `${DEFAULT_PORTS.first} ${DEFAULT_PORTS.last}`,
    rule: "widen",
    type: { kind: "range", min: LOWEST_PORT, max: HIGHEST_PORT },
    formula: `requests of ${TIME_WAIT} seconds, the lower end going down from ${DEFAULT_PORTS.first} to ${LOWEST_PORT}`,
    value: portRange,
    why: `Source ports towards one upstream; a closed connection holds its port ${TIME_WAIT} s.`,
    source: `${IP_SYSCTL}; 1024 65535 is ${ARTICLE}`,
    condition: "A unix-socket upstream uses none; a database over TCP does.",
  },
  {
    name: RESERVED_PORTS,
    place: SYSCTL,
    unit: "ports",
    default: "none",
    rule: "widen",
    type: { kind: "ports", min: 1, max: HIGHEST_PORT },
    formula: "ports of well-known services that the wider range opens up",
    value: reservedPorts,
    why: "Ports of services that the wider range would otherwise hand out as source ports: the service could then not start.",
    source: IP_SYSCTL,
  },
  {
    name: "net.ipv4.tcp_max_tw_buckets",
    place: SYSCTL,
    unit: "connections",
    default: "by memory, up to 262144",
    mostByDefault: 262_144,
    rule: "at least",
    type: { kind: "integer", min: 4_096, max: MOST_FLOWS },
    formula: `requestsPerSecond * ${TIME_WAIT}, at least 4096`,
    value: ({ demand }) => String(Math.max(demand.timeWait, 4_096)),
    why: "Closed connections the kernel remembers, 256 bytes each. Beyond it the memory of a connection ends early, and late packets may reach the next one on the same ports.",
    source: IP_SYSCTL,
  },
  {
    name: "net.ipv4.tcp_syncookies",
    place: SYSCTL,
    unit: "0, 1 or 2",
    default: "1",
    rule: "at least",
    type: { kind: "integer", min: 1, max: 2 },
    ...always("1"),
    why: "Answers a flood of half-open connections without remembering them. A fallback, not a way to serve load: the accept queue must still have room.",
    source: IP_SYSCTL,
  },
  {
    name: "net.ipv4.tcp_slow_start_after_idle",
    place: SYSCTL,
    unit: "0 or 1",
    default: "1",
    rule: "at most",
    type: { kind: "integer", min: 0, max: 1 },
    ...always("0"),
    why: "At 1 a kept-alive connection begins slowly again after each pause, so that the second page is slower than it need be.",
    source: `${IP_SYSCTL}; TuneD's network-throughput profile`,
  },
  {
    name: "net.netfilter.nf_conntrack_max",
    place: OF_CONNTRACK,
    unit: "flows",
    default: "by memory, up to 262144",
    mostByDefault: 262_144,
    rule: "at least",
    type: { kind: "integer", min: 65_536, max: MOST_FLOWS },
    formula: `the power of two from 2 * (connections + requestsPerSecond * ${CONNTRACK_TIME_WAIT}) up, at least 65536`,
    value: (model) => String(flows(model)),
    why: "Flows that connection tracking can follow; when the table is full, packets of good connections are dropped.",
    source: CONNTRACK_SYSCTL,
    condition:
      "Only where the module nf_conntrack is loaded; elsewhere not applicable. A flow takes some 300 bytes of the kernel's memory, which `needs` leaves out.",
  },
  {
    name: "net.netfilter.nf_conntrack_buckets",
    place: OF_CONNTRACK,
    unit: "buckets",
    default: "by memory, up to 262144",
    mostByDefault: 262_144,
    rule: "at least",
    type: { kind: "integer", min: 1_024, max: MOST_FLOWS / FLOWS_A_BUCKET },
    formula: `nf_conntrack_max / ${FLOWS_A_BUCKET}, as a power of two`,
    value: (_, earlier) =>
      // A power of two: the kernel rounds others up to whole pages, and another value would be read back.
      String(power(Number(earlier.get("net.netfilter.nf_conntrack_max")) / FLOWS_A_BUCKET)),
    why: "Lists in which a flow is looked up: with more than a few flows in each, every packet takes longer.",
    source: CONNTRACK_SYSCTL,
    condition: "Only where the module nf_conntrack is loaded, and not in a container's own network.",
  },
]);
