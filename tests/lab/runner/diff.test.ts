import { describe, expect, it } from "@jest/globals";
import { diffFields } from "../../../lab/runner/diff";
import { secret } from "../../../lab/runner/values";

describe("a diff", () => {
  it.each([
    ["nothing", { a: { b: [1, "x"] } }, { a: { b: [1, "x"] } }, {}],
    ["a value", { a: 1 }, { a: 2 }, { a: { kind: "update", replace: false } }],
    [
      "a part",
      { a: { b: 1, c: 1 } },
      { a: { c: 2 } },
      { "a.b": { kind: "delete" }, "a.c": { kind: "update" } },
    ],
    ["a strange name", { a: {} }, { a: { "b.c": 1 } }, { 'a["b.c"]': { kind: "add" } }],
    ["a secret", { a: secret("x") }, { a: secret("y") }, { a: { kind: "update" } }],
    ["secrecy", { a: secret("x") }, { a: "x" }, { a: { kind: "update" } }],
    ["triggers that come", {}, { triggers: [1] }, { triggers: { kind: "add", replace: true } }],
    [
      "one trigger",
      { triggers: [1] },
      { triggers: [2, 3] },
      { "triggers[0]": {}, "triggers[1]": { replace: false } },
    ],
  ])("shows %s", (_, old, now, changes) => {
    const found = diffFields(old, now);
    expect(found).toMatchObject(changes);
    expect(Object.keys(found)).toEqual(Object.keys(changes));
  });
});
