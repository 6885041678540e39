import type { Plan } from "../components/tuning/plan";
import { renderTable } from "../components/tuning/table";
import { differenceData } from "./data";

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
