import type { Plan } from "../components/tuning/plan";
import { renderTable } from "../components/tuning/table";

/** A setting that two plans give different values; null where a plan has none. */
export interface Difference {
  readonly name: string;
  readonly concern: string;
  readonly unit: string;
  readonly from: string | null;
  readonly to: string | null;
}

export function differenceData(from: Plan, to: Plan, concern?: string): Difference[] {
  const [before, after] = [from, to].map(({ settings }) => new Map(settings.map((one) => [one.name, one])));
  const all = new Map([...(before ?? []), ...(after ?? [])]);
  return [...all.values()]
    .filter((setting) => concern === undefined || setting.concern === concern)
    .map(({ name, concern: layer, unit }) => ({
      name,
      concern: layer,
      unit,
      from: before?.get(name)?.value ?? null,
      to: after?.get(name)?.value ?? null,
    }))
    .filter((difference) => difference.from !== difference.to);
}

/** Two spaces between columns, and the longest name. */
const NAME_AND_GAPS = 38;

export function differenceText(from: Plan, to: Plan, width: number, concern?: string): string {
  const rows = differenceData(from, to, concern).map((one) => [one.name, one.from ?? "-", one.to ?? "-"]);
  if (rows.length === 0)
    return `${from.tier} and ${to.tier} have the same settings; needs and limits are not compared\n`;
  const widest = Math.max(Math.floor((width - NAME_AND_GAPS) / 2), 12);
  const columns = [{ title: "setting" }, { title: from.tier, widest }, { title: to.tier, widest }];
  return `${renderTable(columns, rows)}\n`;
}
