import { expect, it } from "@jest/globals";
import { allowedValues, parseValue, type ValueType } from "../../components/tuning/value";

const integer: ValueType = { kind: "integer", min: 10, max: 100 };
const range: ValueType = { kind: "range", min: 1024, max: 65535 };
const ports: ValueType = { kind: "ports", min: 1, max: 65535 };

it.each([
  [integer, 10, "10"],
  [integer, "100", "100"],
  [integer, " 042 ", "42"],
  [range, "1024  65535", "1024 65535"],
  [ports, 5432, "5432"],
  [ports, "8001,8000", "8000-8001"],
])("takes %j %j as %j", (type, given, wanted) => {
  expect(parseValue(type, given)).toBe(wanted);
});

it.each([
  [integer, 9],
  [integer, 101],
  [integer, 10.5],
  [integer, Number.NaN],
  [integer, "0x20"],
  [integer, true],
  [integer, null],
  [range, "1023 65535"],
  [range, "1024 65536"],
  [range, "2000 2000"],
  [range, "3000 2000"],
  [range, "1024"],
  [range, 1024],
  [ports, "0"],
  [ports, "65536"],
  [ports, "5432\nevil: true"],
  [ports, ""],
])("refuses %j %j", (type, given) => {
  expect(parseValue(type, given)).toBeUndefined();
});

it("says what it takes", () => {
  expect([integer, range, ports].map(allowedValues)).toEqual([
    "a whole number from 10 to 100",
    '"lower upper", two whole numbers from 1024 to 65535, the first below the second',
    'ports and spans of ports from 1 to 65535, like "5432,8000-8001"',
  ]);
});
