// What each tier comes to, so that a changed default is seen in review.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { makePlan } from "../../components/tuning/plan";
import { TIERS } from "../../components/tuning/tiers";

const GOLDEN = join(__dirname, "..", "golden");

function summary(tier: string): string {
  const { plan } = makePlan({ tier });
  const { settings = [], needs = {}, breaksFirst = [] } = plan ?? {};
  return [
    ...Object.entries(plan?.capacity ?? {}).map(([name, value]) => `capacity ${name} ${value}`),
    ...Object.entries(needs).map(([name, value]) => `needs ${name} ${String(value)}`),
    ...breaksFirst.map(({ limit, at, unit, times }) => `breaks ${limit} at ${at} ${unit}, ${times} times`),
    ...settings.map(({ name, rule, value }) => `${name}: ${rule} ${value}`),
    "",
  ].join("\n");
}

it.each([...TIERS.keys()])("tier %s is as in its golden file (UPDATE_GOLDEN=1 writes it anew)", (tier) => {
  const path = join(GOLDEN, `${tier}.txt`);
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(path, summary(tier));
  expect(summary(tier)).toBe(readFileSync(path, "utf8"));
});
