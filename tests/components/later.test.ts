import { expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { holdsLater, isLater, whenKnown } from "../../components/checks/later";
import { ownFrames } from "../../components/checks/ownFrames";
import { valueOf } from "./engine";

it.each([
  ["a plain value", { a: [1, null, undefined, "x"] }, false],
  ["an output", pulumi.output(1), true],
  ["a promise", Promise.resolve(1), true],
  ["an output deep inside", { a: [{ b: pulumi.output(1) }] }, true],
])("sees whether %s is known", (_, value, later) => {
  expect(holdsLater(value)).toBe(later);
});

it("applies at once to what is known, and later to what is not", async () => {
  const double = (value: number) => value * 2;
  expect(whenKnown(2, double)).toBe(4);
  const later = whenKnown(pulumi.output(2), double);
  expect(isLater(later)).toBe(true);
  expect(await valueOf(later as pulumi.Output<number>)).toBe(4);
});

it("keeps message and own lines of a stack, and drops the libraries'", () => {
  const error = new Error("one\ntwo");
  error.stack =
    "Error: one\ntwo\n    at mine (/app/a.ts:1:2)\n    at (/app/node_modules/@pulumi/resource.ts:3:4)";
  expect(ownFrames(error).stack).toBe("Error: one\ntwo\n    at mine (/app/a.ts:1:2)");
});
