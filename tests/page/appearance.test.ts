import { expect, test } from "@jest/globals";
import { Opener, PATIENCE } from "./browser";

const opener = Opener.hooks();

/** How far two colours are from each other, as WCAG reckons it. */
function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [one, other]
    .map((colour) => {
      const parts = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => Number(part) / 255);
      const [r = 0, g = 0, b = 0] = parts.map((c) =>
        c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    })
    .sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

test.each(["light", "dark"] as const)(
  "in %s, at 360 pixels too, nothing is wider than the window, and text stands out",
  async (colorScheme) => {
    for (const [width, hash] of [
      [360, "#tier=100k"],
      [360, "#connections=100&memoryMiB=1"],
      [320, `#connections=${"9".repeat(52)}&${"x".repeat(74)}=1`],
      [1280, "#tier=10k"],
    ] as const) {
      const page = await opener.open(hash, { colorScheme, viewport: { width, height: 800 } });
      for (const summary of await page.locator("summary:visible").all()) await summary.click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const colours = await page.evaluate(() => {
        const backOf = (of: Element | null): string => {
          const colour = of ? getComputedStyle(of).backgroundColor : "rgb(255, 255, 255)";
          return colour === "rgba(0, 0, 0, 0)" ? backOf(of?.parentElement ?? null) : colour;
        };
        const all = [
          "h1",
          "p",
          ".headline",
          "small",
          "th",
          "td",
          "label",
          "button",
          ".error",
          "li",
          "pre",
          "summary",
          "a",
        ];
        return [...document.querySelectorAll(all.join())]
          .filter((one) => one.textContent && (one as HTMLElement).offsetParent)
          .map((one) => [one.textContent ?? "", getComputedStyle(one).color, backOf(one)] as const);
      });
      for (const [text, front, back] of colours)
        expect([text.slice(0, 40), contrast(front, back) >= 4.5]).toEqual([text.slice(0, 40), true]);
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
        colorScheme === "dark" ? "rgb(20, 23, 26)" : "rgb(251, 250, 248)",
      );
    }
  },
  PATIENCE,
);
