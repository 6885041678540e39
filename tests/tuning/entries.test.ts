import { expect, it } from "@jest/globals";
import { CONCERNS, SETTINGS } from "../../components/tuning/concerns";
import { LEFT_ALONE } from "../../components/tuning/leftAlone";
import { KNOBS } from "./knobs";

const entries = [...SETTINGS, ...LEFT_ALONE];

it("has an entry for every knob, and none twice", () => {
  expect(entries.map(({ name }) => name).sort()).toEqual([...KNOBS].sort());
  expect(new Set(KNOBS).size).toBe(KNOBS.length);
});

it.each(entries)("$name says everything that is asked of an entry", (entry) => {
  const { unit, default: given, why, source, concern } = entry;
  const texts = [unit, given, why, source, ...("formula" in entry ? [entry.formula as string] : [])];
  for (const text of texts) expect(text).toMatch(/^\S(.*\S)?$/);
  expect(why).toMatch(/\.$/);
  expect(source).toMatch(/https:\/\/|\(\d\)/); // a page, or a manual's section
  expect(CONCERNS.map(({ name }) => name)).toContain(concern);
});
