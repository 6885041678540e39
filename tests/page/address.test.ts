import { expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { explain } from "../../explain/cli";
import type { Difference } from "../../explain/difference";
import { ADDRESS, Opener, PATIENCE, rowsOf } from "./browser";

const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };
const opener = Opener.hooks();

const inAddress = (page: Page, hash: string) =>
  page.waitForFunction((wanted) => location.hash === wanted, hash);
const headline = (page: Page) => page.locator(".headline").innerText();

test(
  "keeps what is asked for in the address, and copies it as a link that brings it back",
  async () => {
    const page = await opener.open("", CLIPBOARD);
    await page.getByLabel("50k", { exact: true }).check();
    await inAddress(page, "#tier=50k");
    await page.getByLabel("CPUs", { exact: true }).fill("8");
    await page.getByLabel("nginx speaks TLS", { exact: true }).uncheck();
    await page.getByLabel("Compared with").selectOption("2k");
    await page.getByRole("button", { name: "Copy a link to this plan" }).click();
    await page.locator("#link-said", { hasText: "Copied" }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(`${ADDRESS}#connections=50000&cpus=8&tls=false&diff=2k`);
    const other = await opener.open(new URL(link).hash);
    for (const selector of ["#headline", "#settings", "#difference", "#files"])
      expect(await other.locator(selector).innerText()).toBe(await page.locator(selector).innerText());
    expect(await other.getByLabel("CPUs", { exact: true }).inputValue()).toBe("8");
    expect(await other.getByLabel("nginx speaks TLS", { exact: true }).isChecked()).toBe(false);
    const args = ["--capacity", "connections=50000,cpus=8,tls=false", "--diff", "2k", "--json"];
    const differences = JSON.parse(explain.run(args).text) as Difference[];
    expect((await rowsOf(other, ".difference")).map(([name, from]) => [name, from])).toEqual(
      differences.map(({ name, from }) => [name, from ?? "not set"]),
    );
  },
  PATIENCE,
);

test(
  "the link past the form leaves the plan in the address",
  async () => {
    const page = await opener.open("#connections=30000&cpus=8");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("answer");
    expect(new URL(page.url()).hash).toBe("#connections=30000&cpus=8");
    await page.reload();
    expect(await headline(page)).toContain("30,000 connections");
    const other = await opener.open("#answer"); // as somebody may have sent it
    expect(await headline(other)).toContain("holds 10,000 connections");
  },
  PATIENCE,
);

test(
  "the plan follows its fields where the browser takes no more changes of the address, which has the last one later",
  async () => {
    const page = await opener.open();
    await page.evaluate(() => {
      const replace = history.replaceState.bind(history);
      const until = Date.now() + 1_500;
      history.replaceState = (...args) => {
        if (Date.now() < until) throw new DOMException("too often", "SecurityError");
        replace(...args);
      };
    });
    for (const count of ["20000", "25000"])
      await page.getByLabel("Connections held", { exact: true }).fill(count);
    expect(await headline(page)).toContain("25,000 connections");
    await inAddress(page, "#connections=25000");
    expect(opener.errors).toEqual([]);
  },
  PATIENCE,
);

test(
  "an address with what is no input is refused, until a field is changed",
  async () => {
    const page = await opener.open("#connections=500&utm_source=mail");
    expect(await page.locator("#headline").innerText()).toContain(
      'capacity["utm_source"] is given, allowed:',
    );
    await page.getByLabel("CPUs", { exact: true }).fill("2");
    expect(await headline(page)).toContain("500 connections");
    await inAddress(page, "#connections=500&cpus=2");
  },
  PATIENCE,
);
