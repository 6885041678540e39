/** `npx tsx lab/engine/main.ts [--json]`: finds the engine and says which one and which command plugin it is. */
import { toStderr } from "../progress";
import { findEngine } from "./index";

async function main(): Promise<void> {
  const engine = await findEngine(toStderr);
  const json = process.argv.includes("--json");
  const text = json ? JSON.stringify(engine, null, 2) : `${engine.source}\n${engine.commandPluginLine}`;
  process.stdout.write(`${text}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
