// `npm run quickstart`: the main job on the lab machine. `-- --down` takes everything away again.
import { existsSync, rmSync } from "node:fs";
import { findEngine } from "./engine";
import { keep, kept, prove, renderProofs } from "./load/proof";
import { bootMachine } from "./machine";
import { machineFolder } from "./machine/folder";
import { ensureImage } from "./machine/image";
import { type Say, watched } from "./progress";
import { labState, Pulumi } from "./pulumi";
import type { RunResult } from "./run";

const STACK = "lab";
/** What tier 10k holds, the tier of this stack. */
const CONNECTIONS = 10_000;
const HELP = `npm run quickstart             boots a Debian machine, tunes it through \`pulumi up\`, prints what it reads back
npm run quickstart -- --down   destroys the stack: the machine is put back, then taken away
`;

const say: Say = (line) => console.log(line);
const title = (text: string): void => say(`\n== ${text}`);

async function main(args: readonly string[]): Promise<number> {
  if (args.length > 1 || (args[0] && args[0] !== "--down")) {
    say(HELP);
    return args[0] === "--help" ? 0 : 2;
  }
  const start = Date.now();
  const goesDown = args[0] === "--down";
  title(goesDown ? "The engine" : "The engine and the machine's image: made once, then kept");
  // Side by side: the one is a download or a compiler's work, the other a package manager's.
  const [engine] = await Promise.all([findEngine(say), goesDown ? undefined : makeImage()]);
  say(engine.source);
  say(engine.commandPluginLine);
  const pulumi = new Pulumi(engine, { stack: STACK, state: labState() });
  const code = goesDown ? await down(pulumi) : await up(pulumi);
  say(`\n${Math.round((Date.now() - start) / 1000)} seconds in all`);
  return code;
}

async function makeImage(): Promise<void> {
  await ensureImage(say, "bookworm", "vm");
}

async function up(pulumi: Pulumi): Promise<number> {
  await pulumi.init();
  await revive(pulumi);
  if ((await pulumi.resources()).length === 0) await measureBefore();
  for (const [command, ...options] of [
    ["preview", "--diff"],
    ["up", "--yes", "--skip-preview", "--suppress-outputs"],
  ] as const) {
    title(`pulumi ${[command, ...options].join(" ")}`);
    const done = await show(pulumi, command, options);
    if (done.code !== 0) return done.code;
  }
  title("What the machine says of itself now");
  say(await pulumi.output<string>("summary"));
  await measureAfter();
  const address = await pulumi.output<string>("address");
  say(`
The site answers at ${address} (also /wait?ms=50 and /cpu).
  npm run lab -- ssh               a shell on the machine; there: sudo heavyload status
  npm run quickstart -- --down     puts the machine back, then takes it away`);
  return 0;
}

/** Boots the machine that `pulumi up` will find, and offers it what it cannot hold yet. */
async function measureBefore(): Promise<void> {
  await bootMachine(STACK, say);
  title(
    `What the machine holds as installed: ${CONNECTIONS} connections offered, then as many requests to Django`,
  );
  const proofs = await prove(STACK, "as installed", CONNECTIONS, say);
  if (typeof proofs === "string") say(`Left out: ${proofs}.`);
  else keep(STACK, proofs);
}

async function measureAfter(): Promise<void> {
  title("What it holds now");
  const proofs = await prove(STACK, "tier 10k", CONNECTIONS, say);
  say(typeof proofs === "string" ? `Left out: ${proofs}.` : renderProofs([...kept(STACK), ...proofs]));
}

/** A machine that the state knows and that has died is booted again; where its disk is gone too, so is what the state knows. */
async function revive(pulumi: Pulumi): Promise<void> {
  if ((await pulumi.resources()).length === 0) return;
  if (existsSync(machineFolder(STACK).record)) {
    await bootMachine(STACK, say);
    return;
  }
  say("the machine of the last run is gone with its disk: its state is dropped");
  rmSync(labState(), { recursive: true, force: true });
  await new Pulumi(pulumi.engine, pulumi.options).init();
}

async function down(pulumi: Pulumi): Promise<number> {
  await pulumi.init();
  await revive(pulumi);
  title("pulumi destroy");
  return (await show(pulumi, "destroy", ["--yes", "--skip-preview"])).code;
}

function show(pulumi: Pulumi, command: string, options: readonly string[]): Promise<RunResult> {
  return watched(say, `pulumi ${command}`, (onLine) => pulumi.run(command, options, { onLine }));
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`\nquickstart: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
