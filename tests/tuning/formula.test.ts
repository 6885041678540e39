import { expect, it } from "@jest/globals";
import { evaluate } from "../../components/tuning/formula";

const facts = { cpus: 4, memory_mib: 2048 };

it.each([
  ["7", 7],
  ["1 + 2 * 3 - 4", 3],
  ["(1 + 2) * 3", 9],
  ["7 / 2", 3],
  ["2 * 7 / 4", 3],
  ["min(2 * cpus + 1, (memory_mib - 600) / 100, 12)", 9],
  ["max(1, min(cpus, 2), 3)", 3],
  ["10 - 2 - 3", 5],
  ["1 - 3 / 2", 0],
  ["(1 - 8) / 2", -4],
])("works out %s as %d, dividing downwards", (formula, value) => {
  expect(evaluate(formula, facts)).toBe(value);
});

it.each([
  ["", "wanted a number, a name or (, found its end"],
  ["1 +", "wanted a number, a name or (, found its end"],
  ["1 2", "wanted its end, found 2"],
  ["(1", "wanted ), found its end"],
  ["min 1", "wanted (, found 1"],
  ["gpus", "wanted one of cpus, memory_mib, found gpus"],
  ["constructor", "wanted one of cpus, memory_mib, found constructor"],
  ["1 / 0", "wanted a divisor other than 0, found its end"],
  ["cpus; exit", "; exit is not understood"],
  ["__import__('os')", "'os') is not understood"],
])("refuses %j", (formula, message) => {
  expect(() => evaluate(formula, facts)).toThrow(`formula ${JSON.stringify(formula)}: ${message}`);
});
