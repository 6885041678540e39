import { describe, expect, it } from "@jest/globals";
import { sizeOf } from "../../../components/ec2/instanceSize";

describe("what a type of machine has", () => {
  // As AWS lists them, of which Linux sees 95 % at the least.
  it.each([
    ["c8g.4xlarge", 16, 32],
    ["c8g.medium", 1, 2],
    ["m8g.large", 2, 8],
    ["r7i.xlarge", 4, 32],
    ["c5.9xlarge", 36, 72],
    ["c7i-flex.2xlarge", 8, 16],
    ["c6gn.12xlarge", 48, 96],
    ["m7a.48xlarge", 192, 768],
    ["r8g.16xlarge", 64, 512],
  ])("%s: %d CPUs, %d GiB", (type, cpus, gib) =>
    expect(sizeOf(type)).toEqual({ cpus, memoryMiB: Math.floor(gib * 1024 * 0.95) }),
  );

  // Another shape than the series has, more shapes than one, or bare metal.
  it.each([
    "c5n.large",
    "c4.large",
    "x2idn.large",
    "i8g.xlarge",
    "t3.large",
    "c7a.metal-48xl",
    "m7gd.metal",
    "nothing",
  ])("says nothing of %s", (type) => expect(sizeOf(type)).toBeUndefined());
});
