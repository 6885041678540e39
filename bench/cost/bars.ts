import type { TopLevelSpec } from "vega-lite";
import type { LayerSpec } from "vega-lite/build/src/spec";
import type { Row } from "../measure/measurement";

interface Bars {
  readonly title: string;
  /** The column that names a bar. */
  readonly bar: string;
  /** The column that is its length, by the unit. */
  readonly number: string;
  /** The column by which bars are grouped. */
  readonly group?: string;
}

/** Bars with their numbers, and with the least and the most of the rounds where rows have them. */
export function barsOf(rows: readonly Row[], { title, bar, number, group }: Bars): TopLevelSpec {
  // All groups are measured by the same rule.
  const most = Math.max(...rows.map((row) => Number(row["most"] ?? row[number])));
  const length: Field = { field: number, type: "quantitative", title: number, scale: { domain: [0, most] } };
  const spec: LayerSpec<string> = {
    width: 440,
    height: { step: 26 },
    encoding: { y: { field: bar, type: "nominal", sort: null, title: null } },
    layer: [
      { mark: { type: "bar", color: "#56b4e9", height: 16 }, encoding: { x: length } },
      {
        mark: { type: "rule", color: "#333333" },
        encoding: { x: { field: "least", type: "quantitative" }, x2: { field: "most" } },
      },
      {
        mark: { type: "text", align: "left", dx: 6, fontSize: 11 },
        encoding: {
          x: { field: "most", type: "quantitative" },
          text: { field: number, type: "quantitative", format: ",.3~r" },
        },
      },
    ],
  };
  const head = { title: { text: title, subtitle: `${number}: medians; thin: least and most` } };
  if (group === undefined) return { ...head, data: { values: [...rows] }, ...spec };
  const groups = [...new Set(rows.map((row) => row[group]))];
  return {
    ...head,
    vconcat: groups.map((name) => ({
      title: { text: String(name), fontSize: 12 },
      data: { values: rows.filter((row) => row[group] === name) },
      ...spec,
    })),
  };
}

interface Field {
  readonly field: string;
  readonly type: "quantitative";
  readonly title: string;
  readonly scale: { readonly domain: number[] };
}
