import { expect, test } from "@jest/globals";
import { Opener, PATIENCE } from "./browser";

const opener = Opener.hooks();

test(
  "take a number as the page writes it, and each key of a slider moves on",
  async () => {
    const page = await opener.open();
    const connections = page.getByLabel("Connections held", { exact: true });
    await connections.fill("25,000");
    expect(await page.locator(".headline").innerText()).toContain("holds 25,000 connections");
    await connections.fill("2,50");
    expect(await page.locator(".headline").innerText()).toContain("Refused");
    await connections.fill("25000");
    const cpus = page.getByLabel("CPUs", { exact: true });
    await cpus.fill("1");
    await page.getByLabel("CPUs, slider").focus();
    const seen: string[] = [];
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press("ArrowRight");
      seen.push(await cpus.inputValue());
    }
    await page.keyboard.press("ArrowLeft");
    expect([...seen, await cpus.inputValue()]).toEqual(["2", "3", "4", "5", "4"]);
  },
  PATIENCE,
);

test(
  "say by name what is wrong, also those that are folded away, and sliders say no number that is none",
  async () => {
    const page = await opener.open("#connections=500&waitingShare=5");
    const share = page.getByLabel("Share of it spent waiting", { exact: true });
    expect(await share.isVisible()).toBe(true);
    expect(await page.locator("#headline").innerText()).toContain("Share of it spent waiting is 5, allowed:");
    await page.getByLabel("Connections held", { exact: true }).fill("abc");
    const texts = await page
      .locator("input[type=range]")
      .evaluateAll((all) => all.map((one) => one.getAttribute("aria-valuetext")));
    expect(texts.length).toBeGreaterThan(4);
    expect(texts.filter((text) => text === null || text.includes("NaN"))).toEqual([]);
  },
  PATIENCE,
);

test(
  "tell together what the hosts hold, which is what one holds of its load",
  async () => {
    const page = await opener.open("#connections=10000&memoryMiB=896&databaseHosts=3");
    const said = await page.locator("#headline").innerText();
    const [, one = "", all = ""] = /holds ([\d,]+) of 10,000[^]*3 such hosts hold ([\d,]+)/.exec(said) ?? [];
    const [each, together] = [one, all].map((text) => Number(text.replaceAll(",", "")));
    expect(each).toBeGreaterThan(1_000);
    expect(together).toBe(3 * (each ?? 0));
  },
  PATIENCE,
);

test(
  "without scripts there is one sentence that says so, and nothing that does not work",
  async () => {
    const page = await opener.open("", { javaScriptEnabled: false });
    expect(await page.locator("noscript").innerText()).toContain("this browser does not run");
    expect(await page.locator("main").isVisible()).toBe(false);
  },
  PATIENCE,
);
