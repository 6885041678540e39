import { expect, it } from "@jest/globals";
import { fieldProblems, objectProblems, type Fields } from "../../components/tuning/fields";
import { BOOLEAN, isText } from "../../components/tuning/form";

const LATER = Symbol("later");
const isLater = (value: unknown): boolean => value === LATER;
const FIELDS: Fields = {
  name: { allowed: "a text", fits: isText, required: true },
  on: { ...BOOLEAN, atOnce: true },
  list: { allowed: "texts", fits: (value) => Array.isArray(value) && value.every(isText), members: true },
  key: { allowed: "a key", fits: () => false, secret: true },
};
const found = (given: unknown): string[] =>
  objectProblems("a", FIELDS, given, isLater, ["more"]).map(({ path, value }) => `${path} ${value}`);

it("finds what is missing, wrong, unknown or too late, all at once, and shows nothing secret", () => {
  expect(found({ on: LATER, list: ["x", 1], key: "hush", strange: "hush", more: 1 })).toEqual([
    "a.name not given",
    "a.on known only later",
    'a.list ["x",1]',
    "a.key something else (not shown)",
    'a["strange"] given',
  ]);
});

it("checks later what is known only later, as a whole or as a member of a list", () => {
  for (const list of [LATER, [LATER], ["x", LATER], [], null])
    expect(found({ name: LATER, list })).toEqual([]);
  expect(found({ name: "x", list: [LATER, 1] })).toEqual(["a.list [1]"]);
  expect(found({ name: [LATER] })).toEqual(["a.name []"]);
});

it("wants an object", () => {
  for (const [given, shown] of [
    ["hush", "a text (not shown)"],
    [[1], "[1]"],
    [LATER, "known only later"],
  ] as const)
    expect(objectProblems("a", FIELDS, given, isLater)).toEqual([
      { path: "a", value: shown, allowed: "an object of name, on, list, key" },
    ]);
  expect(fieldProblems("b", { ...BOOLEAN }, undefined)).toEqual([]);
});
