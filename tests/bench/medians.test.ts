import { expect, it } from "@jest/globals";
import type { Row } from "../../bench/measure/measurement";
import { medians, numberAt, ratios } from "../../bench/measure/medians";

const ROWS: readonly Row[] = [
  { what: "a", seconds: 3, other: 1 },
  { what: "b", seconds: 10 },
  { what: "a", seconds: 1 },
  { what: "a", seconds: 2 },
  { what: "b", seconds: 8 },
];

it("has one row of those that are alike, in the order in which they come", () => {
  expect(medians(ROWS, ["what"], "seconds")).toEqual([
    { what: "a", seconds: 2, least: 1, most: 3 },
    { what: "b", seconds: 8, least: 8, most: 10 },
  ]);
});

it("has ratios to a base", () => {
  const rows = ratios(ROWS, ["what"], "seconds", ({ what }) => what === "a");
  expect(rows.map(({ ratio }) => ratio)).toEqual([1, 4]);
  expect(numberAt(rows, { what: "b" }, "seconds")).toBe(8);
  expect(numberAt(rows, { what: "c" }, "seconds")).toBeNaN();
});
