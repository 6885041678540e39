import type { Plan, PlannedSetting } from "../components/tuning/plan";
import { mayLower } from "./files/hostFile";

/**
 * The same settings as Debian has them without heavyload, in the words of their entries: to compare a plan with. Where a host
 * as installed has more already, it keeps that, and nothing differs.
 */
export const asInstalled = (plan: Plan): Plan => ({
  ...plan,
  tier: "Debian",
  settings: plan.settings.map((setting) => ({ ...setting, value: given(setting) })),
});

/** A default whose text says the plan's value, by itself or for Debian, is that value. */
function given(setting: PlannedSetting): string {
  const { default: text, value } = setting;
  if (mayLower(setting)) return value;
  const [own = "", ofDebian = ""] = [
    /^[^;,]*?(?= on Debian| since |[;,]|$)/.exec(text)?.[0],
    /(\S+) in Debian's/.exec(text)?.[1],
  ];
  const counts = ofDebian === "" ? own : ofDebian;
  return counts === value ? value : text;
}
