import { expect, it } from "@jest/globals";
import { renderProblems, shown } from "../../components/tuning/problem";

it("puts every problem on a line of its own: key, value, what is allowed, way out", () => {
  const problems = [
    { path: "tier", value: '"3k"', allowed: "2k, 10k", wayOut: "Or give capacity instead." },
    { path: "connection.port", value: "0", allowed: "a whole number from 1 to 65535" },
  ];
  expect(renderProblems(problems, "heavyload:")).toBe(
    'heavyload:tier is "3k", allowed: 2k, 10k. Or give capacity instead.\n' +
      "heavyload:connection.port is 0, allowed: a whole number from 1 to 65535",
  );
});

it.each([
  [undefined, "not given"],
  [null, "not given"],
  ["a\nb", '"a\\nb"'],
  [{ a: 1 }, '{"a":1}'],
  ["x".repeat(80), `"${"x".repeat(59)}…`],
  [() => 1, "function"],
])("shows %j on one line", (value, wanted) => {
  expect(shown(value)).toBe(wanted);
});
