import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { isRoot, findProgram } from "../../lab/packages";

export const FILE = join(__dirname, "../../docs/plan.html");
export const ADDRESS = pathToFileURL(FILE).href;

/** Starting a browser on a busy computer takes its time. Unit: milliseconds. */
export const PATIENCE = 120_000;

/** Opens the page, as a file, in Debian's Chromium. Whatever a test has opened is closed after it. */
export class Opener {
  private browser: Browser | undefined;
  private readonly pages: Page[] = [];
  /** Every address that the pages have asked for, and every error of theirs. */
  readonly requests: string[] = [];
  readonly errors: string[] = [];

  /** The hooks of a file of tests. */
  static hooks(): Opener {
    const opener = new Opener();
    beforeAll(async () => {
      const executablePath = findProgram("chromium");
      if (!executablePath)
        throw new Error("chromium is not installed: npm test installs it for root on Debian");
      // Chromium has no sandbox for root, who runs nothing here but this page.
      opener.browser = await chromium.launch({ executablePath, args: isRoot ? ["--no-sandbox"] : [] });
    }, PATIENCE);
    afterEach(async () => {
      for (const page of opener.pages.splice(0)) await page.context().close();
      opener.requests.length = 0;
      opener.errors.length = 0;
    });
    afterAll(() => opener.browser?.close());
    return opener;
  }

  async open(hash = "", options: BrowserContextOptions = {}): Promise<Page> {
    if (!this.browser) throw new Error("no browser");
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    this.pages.push(page);
    page.on("pageerror", ({ message }) => this.errors.push(message));
    page.on("console", (message) => message.type() === "error" && this.errors.push(message.text()));
    await context.route("**/*", async (route) => {
      this.requests.push(route.request().url());
      await route.continue();
    });
    await page.goto(ADDRESS + hash);
    return page;
  }
}

/** The texts of a table's rows, cell by cell. */
export const rowsOf = (page: Page, table: string): Promise<string[][]> =>
  page
    .locator(`${table} tbody tr`)
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).textContent ?? "")),
    );
