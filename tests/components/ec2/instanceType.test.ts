import { describe, expect, it } from "@jest/globals";
import { architectureOf, isBurstable, isInstanceType } from "../../../components/ec2/instanceType";

describe("a type of machine", () => {
  it.each([
    "c8g.4xlarge",
    "m7gd.metal",
    "t4g.small",
    "c7gn.large",
    "im4gn.xlarge",
    "x2gd.medium",
    "r8gb.8xlarge",
    "a1.large",
  ])("%s is arm64", (type) => expect(architectureOf(type)).toBe("arm64"));

  it.each([
    "c7i.large",
    "m7i-flex.large",
    "g5.xlarge",
    "g4dn.xlarge",
    "t3a.micro",
    "u-6tb1.56xlarge",
    "hpc6a.48xlarge",
    "c7a.metal-48xl",
  ])("%s is amd64", (type) => expect(architectureOf(type)).toBe("amd64"));

  it.each([
    ["t2.micro", true],
    ["t3a.large", true],
    ["t4g.2xlarge", true],
    ["c8g.large", false],
    ["trn1.2xlarge", false],
  ])("%s burstable: %s", (type, burstable) => expect(isBurstable(type)).toBe(burstable));

  it.each(["c8g", "c8g.", ".large", "C8G.large", "c8g large", "8.large"])("is not %s", (text) =>
    expect(isInstanceType(text)).toBe(false),
  );
});
