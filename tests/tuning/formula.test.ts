import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { evaluate, type Facts } from "../../components/tuning/formula";

interface Cases {
  readonly facts: Facts;
  readonly works: readonly (readonly [string, number])[];
  readonly refused: readonly (readonly [string, string])[];
}

/** The host program's own reader of formulas is held to the same. */
const { facts, works, refused } = JSON.parse(
  readFileSync(join(__dirname, "..", "golden", "formulas.json"), "utf8"),
) as Cases;

it.each(works)("works out %s as %d, dividing downwards", (formula, value) => {
  expect(evaluate(formula, facts)).toBe(value);
});

it.each(refused)("refuses %j", (formula, message) => {
  expect(() => evaluate(formula, facts)).toThrow(`formula ${JSON.stringify(formula)}: ${message}`);
});
