// `npm run docs`: writes what is made from the entries: pages of docs, and what the host program knows of them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CATALOGUE, catalogue } from "../components/steps/catalogue";
import { api } from "./api";
import { article } from "./article";
import { reference } from "./reference";

/** Texts by path below the project's folder. */
export const MADE: Readonly<Record<string, () => string>> = {
  "docs/reference.md": api,
  "docs/settings.md": reference,
  "docs/article.md": article,
  [`components/host/${CATALOGUE}`]: catalogue,
};

if (require.main === module)
  for (const [path, text] of Object.entries(MADE)) writeFileSync(join(__dirname, "..", path), text());
