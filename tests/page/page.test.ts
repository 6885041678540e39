import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { makePlan } from "../../components/tuning/plan";
import { reason } from "../../components/tuning/problem";
import { explain } from "../../explain/cli";
import type { Explained } from "../../explain/data";
import { hostFiles } from "../../explain/files";
import { number } from "../../explain/number";
import { page as built, PAGE } from "../../page/build";
import { titleOf } from "../../page/titles";
import { fromHash, inputOf } from "../../page/wish";
import { ADDRESS, FILE, Opener, PATIENCE, rowsOf } from "./browser";
import { numbers, someCapacity } from "./loads";

const SEED = 20_260;
const PLANS = 50;
const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };
const opener = Opener.hooks();

test(`${PAGE} is what the sources make (\`npm run page\` writes it anew), of a size that can be sent`, () => {
  const text = readFileSync(FILE, "utf8");
  expect(text === built()).toBe(true); // not toBe: a difference would be shown whole
  expect(Buffer.byteLength(text)).toBeLessThan(200 * 1024);
});

/** A number as a person reads it, and what follows: by no word of the page's own. */
function read(cell = ""): [number, string] {
  const [, digits = "", rest = ""] = /^([\d,]+(?:\.\d+)?) ?(.*)$/.exec(cell) ?? [];
  return [Number(digits.replaceAll(",", "")), rest];
}

/** A capacity as `explain` takes it. */
const explained = (query: URLSearchParams): Explained => {
  const pairs = [...query].map(([name, value]) => `${name}=${value}`);
  return JSON.parse(explain.run(["--capacity", pairs.join(","), "--json"]).text) as Explained;
};

test(
  `shows the numbers of \`explain --json\` for ${PLANS} capacities, and refuses what it refuses`,
  async () => {
    const page = await opener.open();
    const next = numbers(SEED);
    let [held, refused] = [0, 0];
    while (held < PLANS) {
      const query = someCapacity(next);
      await page.evaluate((hash) => {
        location.hash = hash;
        dispatchEvent(new HashChangeEvent("hashchange"));
      }, query.toString());
      const { problems } = makePlan(inputOf(fromHash(`#${query.toString()}`)));
      const said = await page.locator("#headline").innerText();
      if (problems) {
        refused += 1;
        for (const problem of problems)
          expect(said).toContain(`${titleOf(problem.path) ?? problem.path} ${reason(problem)}`);
        continue;
      }
      held += 1;
      const { settings, breaksFirst, needs } = explained(query);
      const seed = query.toString();
      expect({ seed, rows: await rowsOf(page, "#settings .settings") }).toEqual({
        seed,
        rows: settings.map(
          ({ name, rule, default: given, value, comesTo, unit, why, condition = "", source }) => [
            `${name}${rule}`,
            given,
            comesTo === undefined ? `${value}${unit}` : `${comesTo}${unit}${value}`,
            `${why}${condition}Source: ${source.replaceAll("https://", "")}`,
          ],
        ),
      });
      const limits = await rowsOf(page, ".limits");
      expect({
        seed,
        rows: limits.map(([limit, at, times, ...rest]) => [limit, read(at), read(times), ...rest]),
      }).toEqual({
        seed,
        rows: breaksFirst.map(({ limit, at, unit, times, then, onlyIf = "always" }) => [
          limit,
          [at, unit],
          [times, times < 1 ? "(before the load)" : ""],
          then,
          onlyIf,
        ]),
      });
      const amounts = (await rowsOf(page, ".needs")).map(([, amount]) => read(amount)[0]);
      const { memoryMiB, advisedMemoryMiB, cpus, requestsInFlight, descriptors, databaseConnections } = needs;
      expect(amounts.slice(0, -1)).toEqual([
        ...[memoryMiB, advisedMemoryMiB, cpus, requestsInFlight, descriptors, databaseConnections],
      ]);
    }
    expect(refused).toBeGreaterThan(5); // both have been seen
    expect(opener.errors).toEqual([]);
    expect(new Set(opener.requests)).toEqual(new Set([ADDRESS]));
  },
  2 * PATIENCE,
);

describe("the page", () => {
  test(
    "answers in a sentence, and draws what breaks first as a picture that can be read",
    async () => {
      const page = await opener.open("#tier=10k");
      await expect(page.locator(".headline").innerText()).resolves.toBe(
        "A host with 17 CPUs and 2.5 GiB, as advised, holds 10,000 connections and answers 1,000 requests a second.",
      );
      await expect(page.locator(".next").first().innerText()).resolves.toMatch(
        /^First to break: gunicorn.backlog, at 10,136 requests at once, 1.01 times the load. Then requests/,
      );
      const { breaksFirst = [] } = makePlan({ tier: "10k" }).plan ?? {};
      const picture = page.getByRole("img", { name: "Load at which each limit is hit" });
      const said = await picture.locator("desc").textContent();
      for (const { limit, at } of breaksFirst) expect(said).toContain(`${limit} at ${number(at)} `);
      expect(await picture.locator(".bar:not(.key)").count()).toBe(breaksFirst.length);
      await page.goto(`${ADDRESS}#connections=10000&cpus=1`);
      await page.reload();
      await expect(page.locator(".headline").innerText()).resolves.toContain("answers 100 of 1,000 requests");
    },
    PATIENCE,
  );

  test(
    "shows beside a refused capacity what is wrong and the way out, and no plan",
    async () => {
      const page = await opener.open();
      await page.getByLabel("Connections held", { exact: true }).fill("100000");
      await page.getByLabel("Memory, MiB", { exact: true }).fill("512");
      const said = await page.getByRole("status").first().innerText();
      expect(said).toContain(
        "Take a larger host, fewer connections, smaller workers, or end TLS before this host.",
      );
      const field = page.getByLabel("Memory, MiB", { exact: true });
      expect(await field.getAttribute("aria-invalid")).toBe("true");
      expect(await page.locator("#memoryMiB-error").innerText()).toContain("is 512, allowed: at least");
      expect(await page.locator("#plan").isVisible()).toBe(false);
      await field.fill("much");
      expect(await page.getByRole("status").first().innerText()).toContain('Memory, MiB is "much", allowed:');
      await field.fill("");
      expect(await page.locator("#plan").isVisible()).toBe(true);
    },
    PATIENCE,
  );

  test(
    "gives each file to copy and to keep, and all of them as `explain --files` writes them",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "heavyload-page-"));
      try {
        const page = await opener.open("#tier=100k", CLIPBOARD);
        const { plan } = makePlan({ tier: "100k" });
        const { files, unset } = plan ? hostFiles(plan) : { files: [], unset: [] };
        for (const { path, text } of files) {
          const file = page
            .locator(".file")
            .filter({ has: page.getByRole("heading", { name: path, exact: true }) });
          await file.getByRole("button", { name: `Copy ${path}` }).click();
          await file.getByText("Copied").waitFor();
          expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
          const [download] = await Promise.all([
            page.waitForEvent("download"),
            file.getByRole("button", { name: `Download ${path}` }).click(),
          ]);
          expect(download.suggestedFilename()).toBe(path.replaceAll("/", "-"));
          expect(readFileSync(await download.path(), "utf8")).toBe(text);
        }
        const listed = await page.locator(".unset").innerText();
        for (const { name, value, why } of unset)
          expect(listed).toContain(`${name} (${value}): ${why.replaceAll("`", "")}`);
        const [archive] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Download all files (tar)" }).click(),
        ]);
        execFileSync("tar", ["-xf", await archive.path(), "-C", folder]);
        explain.run(["--tier", "100k", "--files", join(folder, "by command")]);
        for (const { path } of files)
          expect(readFileSync(join(folder, path), "utf8")).toBe(
            readFileSync(join(folder, "by command", path), "utf8"),
          );
        expect(opener.requests.filter((address) => !address.startsWith("blob:"))).toEqual([ADDRESS]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    PATIENCE,
  );

  test(
    "goes by the keyboard alone, with the focus in sight and a name for everything that takes it",
    async () => {
      const page = await opener.open();
      const focused = () =>
        page.evaluate(() => {
          const one = document.activeElement as HTMLInputElement;
          const labels = [...(one.labels ?? [])].map(({ textContent }) => textContent).join(" ");
          const name = one.getAttribute("aria-label") ?? (labels || one.textContent);
          // A radio button lies unseen over its label, which is outlined in its place.
          const seen = one.type === "radio" ? (one.labels?.[0] ?? one) : one;
          return { name: name?.trim(), outline: getComputedStyle(seen).outlineStyle, id: one.id };
        });
      const names: string[] = [];
      for (let i = 0; i < 30; i++) {
        await page.keyboard.press("Tab");
        const { name, outline } = await focused();
        expect([name, outline]).not.toEqual([name, "none"]);
        expect(name).toBeTruthy();
        names.push(name ?? "");
      }
      expect(names.slice(0, 5)).toEqual([
        "To the answer",
        "10k",
        "Connections held",
        "About: Connections held",
        "Connections held, slider",
      ]);
      await page.locator("#tier-10k").focus();
      await page.keyboard.press("ArrowRight");
      expect(await page.locator("#headline").innerText()).toContain("50,000 connections");
      await page.getByLabel("Connections held, slider").focus();
      for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
      const many = Number(await page.getByLabel("Connections held", { exact: true }).inputValue());
      expect(many).toBeGreaterThan(60_000);
      expect(await page.getByLabel("Connections held, slider").getAttribute("aria-valuetext")).toBe(
        `${number(many)} connections`,
      );
      await page.getByRole("button", { name: "About: CPUs" }).focus();
      await page.keyboard.press("Enter");
      expect(await page.locator("#cpus-hint").isVisible()).toBe(true);
    },
    PATIENCE,
  );
});
