import fc from "fast-check";
import { CAPACITY, INPUTS, type Capacity, type GivenCapacity } from "../../components/tuning/capacity";
import { SETTINGS } from "../../components/tuning/concerns";
import type { Setting } from "../../components/tuning/setting";

/** Numbers of all magnitudes, not nearly all of them near the upper end. */
function number(min: number, max: number, whole: boolean): fc.Arbitrary<number> {
  return fc.double({ min: 0, max: 1, noNaN: true }).map((share) => {
    const shift = min > 0 ? 0 : 1;
    const value = (min + shift) * ((max + shift) / (min + shift)) ** share - shift;
    return Math.min(Math.max(whole ? Math.round(value) : value, min), max);
  });
}

function input(name: keyof Capacity): fc.Arbitrary<number | boolean | string | undefined> {
  const { kind, words = [], min = 0, max = 0 } = CAPACITY[name];
  const ofNumber = number(min, max, kind === "whole number");
  const value: fc.Arbitrary<number | boolean | string> =
    kind === "boolean" ? fc.boolean() : kind === "word" ? fc.constantFrom(...words) : ofNumber;
  return name === "connections" ? value : fc.option(value, { nil: undefined, freq: 2 });
}

/** Capacities whose every input is in its range, whether they can hold or not. */
export const capacities: fc.Arbitrary<GivenCapacity> = fc
  .record(Object.fromEntries(INPUTS.map((name) => [name, input(name)])))
  .map((given) => given as unknown as GivenCapacity);

/** Values that a setting's own range lets through. */
function valueOf({ type }: Setting): fc.Arbitrary<string | number> {
  switch (type.kind) {
    case "integer":
      return number(type.min, type.max, true);
    case "word":
      return fc.constantFrom(...type.words);
    case "range":
      return fc
        .tuple(fc.integer({ min: type.min, max: type.max - 1 }), fc.integer({ min: 1, max: type.max }))
        .map(([lower, size]) => `${lower} ${Math.min(lower + size, type.max)}`);
    case "ports":
      return fc
        .array(fc.integer({ min: type.min, max: type.max }), { minLength: 1, maxLength: 4 })
        .map((ports) => ports.join(","));
  }
}

/** A few overrides, mostly none. */
export const tunings: fc.Arbitrary<Record<string, string | number>> = fc
  .array(
    fc
      .constantFrom(...SETTINGS)
      .chain((setting) => valueOf(setting).map((value) => [setting.name, value] as const)),
    { maxLength: 2 },
  )
  .map((pairs) => Object.fromEntries(pairs));
