import { expect, it } from "@jest/globals";
import { countPorts, inside, parsePorts, renderPorts } from "../../components/tuning/ports";

it.each([
  ["5432", "5432"],
  ["8001, 8000,5432", "5432,8000-8001"],
  ["8000-8005,8003-8010,8011", "8000-8011"],
])("spells %s as %s, like the kernel", (given, wanted) => {
  expect(renderPorts(parsePorts(given) ?? [])).toBe(wanted);
});

it.each(["", ",", "80,,81", "x", "81-80", "80-", "-80", "123456"])("does not take %j for a list", (given) => {
  expect(parsePorts(given)).toBeUndefined();
});

it("cuts spans to a range", () => {
  const spans = parsePorts("80,1000-2000,5000") ?? [];
  expect(renderPorts(inside(spans, { first: 1500, last: 5000 }))).toBe("1500-2000,5000");
});

it("counts a port once", () => {
  expect(countPorts(parsePorts("80-89,85-94") ?? [])).toBe(15);
});
