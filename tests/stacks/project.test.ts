import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { TIERS } from "../../components/tuning/tiers";

const ROOT = join(__dirname, "../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

it("has a stack for the lab, for each tier and for each environment", () => {
  const stacks = readdirSync(join(ROOT, "stacks")).filter((file) =>
    /^Pulumi\.(fleet|lab|staging|prod|tier-.*)\.yaml$/.test(file),
  );
  expect(stacks.sort()).toEqual(
    [
      "Pulumi.fleet.yaml",
      "Pulumi.lab.yaml",
      "Pulumi.prod.yaml",
      "Pulumi.staging.yaml",
      ...[...TIERS.keys()].map((tier) => `Pulumi.tier-${tier}.yaml`),
    ].sort(),
  );
  for (const tier of TIERS.keys())
    expect(read(`stacks/Pulumi.tier-${tier}.yaml`)).toContain(`config:\n  heavyload:tier: ${tier}\n`);
});

it("starts a program that is there", () => {
  const main = /^main: (.*)$/m.exec(read("Pulumi.yaml"))?.[1] ?? "";
  expect(read(main)).toContain('require("./index.ts")');
});
