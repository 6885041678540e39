import type { Limit } from "../components/tuning/breaksFirst";
import { CAPACITY, INPUTS } from "../components/tuning/capacity";
import { renderTable } from "../components/tuning/table";
import type { Explained } from "./data";
import { count, number } from "./number";

/** Room that the columns before the last one take at most. */
const BEFORE_THEN = 58;

/** The load, what it needs, and which limit is hit first. */
export function headText(
  { tier, capacity, needs, countedOn, breaksFirst }: Explained,
  width: number,
): string {
  const inputs = INPUTS.filter((name) => capacity[name] !== undefined);
  const limits = (some: readonly Limit[], title: string): string[] =>
    some.length === 0
      ? []
      : [
          renderTable(
            [
              { title },
              { title: "at" },
              { title: "of the load" },
              { title: "then", widest: Math.max(width - BEFORE_THEN, 22) },
            ],
            some.map((limit) => [
              limit.limit,
              `${number(limit.at)} ${SHORT[limit.unit]}`,
              `${limit.times}x`,
              limit.then,
            ]),
          ),
          "",
        ];
  const conditions = [
    ...new Set(breaksFirst.flatMap(({ onlyIf }) => (onlyIf === undefined ? [] : [onlyIf]))),
  ];
  return [
    `Tier ${tier}`,
    "",
    renderTable(
      [{ title: "load" }, { title: "" }, { title: "unit" }],
      inputs.map((name) => [name, number(capacity[name]), CAPACITY[name].unit]),
    ),
    "",
    renderTable(
      [{ title: "needs" }, { title: "" }, { title: "" }],
      [
        [
          "memory",
          number(needs.memoryMiB),
          `MiB at the least, ${number(needs.connectionMemoryMiB)} of them for connections`,
        ],
        ["", number(needs.advisedMemoryMiB), "MiB for workers on all CPUs and full queues"],
        ["CPUs", number(needs.cpus), "advice: they are busy for 60 % of the time"],
        ["requests in flight", number(needs.requestsInFlight), "on the average"],
        ["descriptors", number(needs.descriptors), "for one nginx worker"],
        ["database", number(needs.databaseConnections), "connections, all hosts together"],
      ],
    ),
    "",
    `On ${count(countedOn.cpus, "CPU")} and ${number(countedOn.memoryMiB)} MiB, with every value below in force:`,
    "",
    ...limits(
      breaksFirst.filter(({ onlyIf }) => onlyIf === undefined),
      "breaks first",
    ),
    ...conditions.flatMap((condition) =>
      [`If ${condition}:`, ""].concat(
        limits(
          breaksFirst.filter(({ onlyIf }) => onlyIf === condition),
          "also",
        ),
      ),
    ),
  ].join("\n");
}

/** Units as a narrow column has room for. */
const SHORT: Readonly<Record<Limit["unit"], string>> = {
  connections: "held",
  "new connections at once": "at once",
  "requests at once": "at once",
  "requests a second": "req/s",
};
