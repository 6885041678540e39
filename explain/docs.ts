// `npm run docs`: writes the pages that are made from the entries.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api } from "./api";
import { article } from "./article";
import { reference } from "./reference";

/** Pages by file name in docs. */
export const PAGES: Readonly<Record<string, () => string>> = {
  "reference.md": api,
  "settings.md": reference,
  "article.md": article,
};

if (require.main === module)
  for (const [name, page] of Object.entries(PAGES))
    writeFileSync(join(__dirname, "..", "docs", name), page());
