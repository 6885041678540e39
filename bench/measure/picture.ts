import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** Told apart by people who see colours otherwise too (Okabe and Ito), on white. */
const COLOURS = ["#7f7f7f", "#d55e00", "#56b4e9", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#000000"];
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

const CONFIG: NonNullable<TopLevelSpec["config"]> = {
  background: "white",
  padding: 16,
  font: FONT,
  title: { anchor: "start", fontSize: 16, subtitleFontSize: 12, subtitleColor: "#555", offset: 14 },
  axis: {
    labelFontSize: 11,
    labelLimit: 0,
    titleFontSize: 12,
    titleFontWeight: "normal",
    gridColor: "#e5e5e5",
  },
  legend: { labelFontSize: 12, labelLimit: 0, title: null, orient: "bottom", symbolStrokeWidth: 2.5 },
  line: { strokeWidth: 2.5, point: { filled: true, size: 40 } },
  range: { category: COLOURS },
  view: { stroke: null },
};

/** A picture as text: SVG that needs nothing else. */
export async function svgOf(spec: TopLevelSpec): Promise<string> {
  const { spec: full } = compile({ ...spec, config: { ...CONFIG, ...spec.config } });
  return `${await new vega.View(vega.parse(full), { renderer: "none" }).toSVG()}\n`;
}
