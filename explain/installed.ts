import type { Plan, PlannedSetting } from "../components/tuning/plan";

/** The same settings as Debian has them without heavyload, in the words of their entries: to compare a plan with. */
export const asInstalled = (plan: Plan): Plan => ({
  ...plan,
  tier: "Debian",
  settings: plan.settings.map((setting) => ({ ...setting, value: given(setting) })),
});

/** A default whose text says the plan's value, by itself or for Debian, is that value. */
function given({ default: text, value }: PlannedSetting): string {
  const [own = "", ofDebian = ""] = [
    /^[^;,]*?(?= on Debian| since |[;,]|$)/.exec(text)?.[0],
    /(\S+) in Debian's/.exec(text)?.[1],
  ];
  const counts = ofDebian === "" ? own : ofDebian;
  return counts === value ? value : text;
}
