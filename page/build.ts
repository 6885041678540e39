// `npm run page`: writes docs/plan.html, the plan's core and the page around it in one file that needs nothing else.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** Below the project's folder. */
export const PAGE = "docs/plan.html";

const STYLES = ["page", "form", "plan", "chart"];

const here = (name: string): string => readFileSync(join(__dirname, name), "utf8");

/** The page's text: the same bytes of the same sources, by the version of esbuild that package-lock.json has. */
export function page(): string {
  const style = STYLES.map((name) => `\n${here(`style/${name}.css`)}`).join("");
  const script = `\n${bundle()}`;
  // Nothing else runs in it, and it asks no server for anything.
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return filled(here("page.html"), { STYLE: style, SCRIPT: script, POLICY: policy });
}

function bundle(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: join(__dirname, ".."), // comments name files from here
    entryPoints: ["page/main.ts"],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    treeShaking: true,
    logLevel: "silent",
  });
  const text = outputFiles[0]?.text ?? "";
  if (/<\/script|<!--/i.test(text)) throw new Error("the script has a text that would end it in HTML");
  return text;
}

/** Each placeholder with the blanks around it, since they would count for the hashes. */
function filled(template: string, texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts).reduce((page, [name, text]) => {
    const parts = page.split(name === "POLICY" ? `%${name}%` : new RegExp(`\\s*%${name}%\\s*`));
    if (parts.length !== 2) throw new Error(`page.html has ${parts.length - 1} places for ${name}, wanted 1`);
    return parts.join(text);
  }, template);
}

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

if (require.main === module) {
  const text = page();
  writeFileSync(join(__dirname, "..", PAGE), text);
  console.log(`${PAGE}: ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`);
}
