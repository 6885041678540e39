import type { Plan } from "../components/tuning/plan";
import { planData, type Explained } from "./data";
import { headText } from "./head";
import { leftTable, settingsTable } from "./knobTable";

const LEGEND = `Rules: "at least", "at most": a host that is better already stays as it is.
"widen": ranges and lists only grow. "computed": worked out on the host; cpus
and memory_mib are its size, base is what it has without us, workers and
threads are gunicorn's, a division rounds down.
The article: docs/article.md. Ranges and all tiers: docs/settings.md.
`;

/** Needs and what breaks first on top, then a table of settings a layer, with what is left alone. */
export function planText(plan: Plan, width: number, concern?: string): string {
  const data = planData(plan, concern);
  const layers = [...new Set([...data.settings, ...data.left].map((knob) => knob.concern))];
  return [headText(data, width), ...layers.flatMap((layer) => layerText(data, layer, width)), LEGEND].join(
    "\n",
  );
}

function layerText({ settings, left }: Explained, layer: string, width: number): string[] {
  const set = settings.filter(({ concern }) => concern === layer);
  const alone = left.filter(({ concern }) => concern === layer);
  return [
    ...(set.length > 0 ? [`== ${layer}`, "", settingsTable(set, width), ""] : []),
    ...(alone.length > 0 ? [`== ${layer}: left alone`, "", leftTable(alone, width), ""] : []),
  ];
}
