import { describe, expect, it } from "@jest/globals";
import { driftsIn } from "../../components/steps/drift";
import { hostProgram } from "../../components/steps/program";
import { stepInputs } from "../../components/steps/steps";
import { makePlan } from "../../components/tuning/plan";

/** As Python writes it. */
const python = (known: object): string => JSON.stringify(known).replaceAll('":', '": ');
const said = (layer: object): string =>
  `Welcome\n{ Welcome }\nhello${python({ host: { times: 0, drifted: [], now: [] }, kernel: layer })}\n`;

describe("what a host says of drift", () => {
  it("is one more than before where something has drifted", () => {
    expect(driftsIn(said({ times: 2, drifted: ["a"], now: ["b", "c"] }))).toEqual({
      kernel: { times: 3, drifted: ["b", "c"] },
    });
  });

  it("is what was repaired last where nothing has, so that nothing changes", () => {
    expect(driftsIn(said({ times: 2, drifted: ["a"], now: [] }))).toEqual({
      kernel: { times: 2, drifted: ["a"] },
    });
  });

  it("is nothing where nothing ever had, or nothing of heavyload is there", () => {
    expect(driftsIn(said({ times: 0, drifted: [], now: [] }))).toEqual({});
    expect(driftsIn("Welcome\n")).toEqual({});
  });

  it("is a line each in the manifest of its layer, whatever signs are in it", () => {
    const { plan } = makePlan({ tier: "2k" });
    if (!plan) throw new Error("no plan");
    const drifted = ['a: wanted "x", found \u2028 y', "b\ncomplete: true"];
    const inputs = (drifts: Parameters<typeof stepInputs>[1]["drifts"]) =>
      stepInputs(plan, { stack: "shop/prod/web", ...(drifts && { drifts }) }, hostProgram());
    const [without, withIt] = [inputs(undefined), inputs({ kernel: { times: 3, drifted } })];
    const lines = withIt.get("kernel")?.split("\n") ?? [];
    expect(lines.slice(3, 7)).toEqual([
      "drift: 3",
      "drifted:",
      '  1: "a: wanted \\"x\\", found \\u2028 y"',
      '  2: "b\\ncomplete: true"',
    ]);
    const changed = [...withIt].filter(([step, text]) => text !== without.get(step)).map(([step]) => step);
    expect(changed).toEqual(["host", "kernel", "report", "seal"]);
  });
});
