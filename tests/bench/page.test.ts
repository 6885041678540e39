// docs/benchmarks.md has the numbers of docs/bench, and nothing of a measurement that is not there.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { PARTS } from "../../bench/load/memory";
import { ALL } from "../../bench/measurements";
import { finishedOf } from "../../bench/measure/measure";
import { blockIn, blockOf, withBlock, type Finished } from "../../bench/measure/page";
import { svgOf } from "../../bench/measure/picture";
import { FINISHED, PAGE } from "../../bench/measure/store";

const page = readFileSync(PAGE, "utf8");
const known = ALL.flatMap((one) => {
  const finished = finishedOf(one.name);
  return finished ? [{ ...one, finished }] : [];
});

it("has a file and a picture of each measurement that is not asked for by its name alone", () => {
  const wanted = ALL.filter(({ byNameAlone }) => !byNameAlone).map(({ name }) => name);
  expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining(wanted));
  for (const { name } of known) expect(existsSync(join(FINISHED, `${name}.svg`))).toBe(true);
});

it("says nothing of a measurement that is not there", () => {
  for (const { name } of ALL)
    if (!known.some((one) => one.name === name)) expect(blockIn(page, name)).toBe("");
});

it("README begins with what the picture shows", () => {
  const first = readFileSync(join(FINISHED, "..", "..", "README.md"), "utf8").slice(0, 500);
  const held = finishedOf("held")?.rows.find(
    (row) => row["line"] === "Debian as installed" && row["offered"] === 10_000,
  );
  const [offered, installed] = [held?.["offered"], held?.["held"]].map((count) =>
    Number(count).toLocaleString("en"),
  );
  expect(first.replace(/\s+/g, " ")).toContain(
    `of ${offered} connections Debian as installed holds ${installed}, and after`,
  );
});

it.each(known)("$name on the page is what its file says", ({ name, finished }) => {
  expect(blockIn(page, name)).toBe(blockOf(name, finished));
});

it.each(known)("$name: all that follows from its rows is so, the picture too", async (one) => {
  const { rows, shown, aims, columns, about } = one.finished;
  expect([columns, about]).toEqual([one.columns, one.about]);
  expect(shown).toEqual(one.shown?.(rows));
  expect(aims).toEqual(one.aims?.(rows) ?? []);
  expect(readFileSync(join(FINISHED, `${one.name}.svg`), "utf8")).toBe(await svgOf(one.chart(rows)));
});

it("what memory was compared with is what the model says now", () => {
  const predicted = finishedOf("memory")?.rows.map((row) => [row["part"], row["predicted"]]);
  expect(predicted).toEqual(PARTS.map(({ part, predicted }) => [part, predicted]));
});

const FINISHED_ONE: Finished = {
  title: "A title",
  about: "About it.",
  command: "npm run bench -- --only one",
  measured: "2026-01-02",
  rounds: 3,
  computer: { cpus: 2, model: "a model", kernel: "6.1" },
  columns: ["what", "count"],
  rows: [{ what: "a", count: 12_345 }, { what: "b" }],
  aims: [{ what: "all", wanted: "1", found: "2", holds: false }],
};

it("writes a block between its marks, and what falls short as such", () => {
  const text = withBlock(
    "before\n<!-- one: written by npm run bench -->\nold\n<!-- end of one -->\nafter\n",
    "one",
    blockOf("one", FINISHED_ONE),
  );
  expect(text).toMatch(/^before\n<!-- one.*-->\n\nAbout it\.\n\n!\[A title\]\(bench\/one\.svg\)/);
  expect(text).toContain("| all | 1 | 2: **falls short** |");
  expect(text).toContain("| a | 12,345 |\n| b |  |");
  expect(text).toMatch(/<!-- end of one -->\nafter\n$/);
  expect(text).not.toContain("old");
  expect(() => withBlock("nothing", "one", "block")).toThrow(
    "docs/benchmarks.md has no place for one: put <!-- one: written",
  );
});

it("folds many rows", () => {
  const many = { ...FINISHED_ONE, rows: Array.from({ length: 20 }, (_, count) => ({ what: "a", count })) };
  expect(blockOf("one", many)).toContain("<details><summary>All numbers</summary>");
  expect(blockOf("one", FINISHED_ONE)).not.toContain("<details>");
});
