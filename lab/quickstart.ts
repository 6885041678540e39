// `npm run quickstart`: the main job on the lab machine. `-- --down` takes everything away again.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { makePlan } from "../components/tuning/plan";
import { findEngine } from "./engine";
import { keep, kept, prove, renderProofs } from "./load/proof";
import { bootMachine } from "./machine";
import { chooseKind, containerHindrance } from "./machine/choice";
import { machineFolder, readRecord } from "./machine/folder";
import { ensureImage } from "./machine/image";
import type { KindName } from "./machine/kindName";
import { DEFAULT_RELEASE } from "./machine/releases";
import { type Say, watched } from "./progress";
import { labState, Pulumi } from "./pulumi";
import type { RunResult } from "./run";

const STACK = "lab";
/** What tier 10k holds, the tier of this stack. */
const CONNECTIONS = 10_000;
const HELP = `npm run quickstart             boots a Debian machine, tunes it through \`pulumi up\`, prints what it reads back

  --kind vm|container   which kind of machine; without it: a VM where KVM works, else a container where the load fits
                        in one, else an emulated VM
  --connections N       how many connections are offered before and after (default: ${CONNECTIONS}; 0: none)
  --down                destroys the stack: the machine is put back, then taken away
  --help                this text`;

const say: Say = (line) => console.log(line);
const title = (text: string): void => say(`\n== ${text}`);

interface Options {
  readonly kind?: KindName | undefined;
  readonly connections: number;
  readonly down: boolean;
}

/** Throws at what is not understood. */
function options(): Options | "help" {
  const { values } = parseArgs({
    options: {
      kind: { type: "string" },
      connections: { type: "string", default: String(CONNECTIONS) },
      down: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const { kind, down } = values;
  const connections = Number(values.connections);
  if (kind !== undefined && kind !== "vm" && kind !== "container")
    throw new Error(`--kind is ${kind}, allowed: vm, container`);
  if (!Number.isInteger(connections) || connections < 0 || connections > CONNECTIONS)
    throw new Error(
      `--connections is ${values.connections}, allowed is a whole number from 0 to ${CONNECTIONS}`,
    );
  return { kind, connections, down };
}

async function main(): Promise<number> {
  const wanted = options();
  if (wanted === "help") {
    say(HELP);
    return 0;
  }
  const start = Date.now();
  title(wanted.down ? "The engine" : "The engine and the machine's image: made once, then kept");
  // Side by side: the one is a download or a compiler's work, the other a package manager's.
  const [engine, kind] = await Promise.all([findEngine(say), wanted.down ? undefined : makeImage(wanted)]);
  say(engine.source);
  say(engine.commandPluginLine);
  const pulumi = new Pulumi(engine, { stack: STACK, state: labState() });
  const code = kind === undefined ? await down(pulumi) : await up(pulumi, kind, wanted.connections);
  say(`\n${Math.round((Date.now() - start) / 1000)} seconds in all`);
  return code;
}

/** The kind of the machine that is there, that is wanted or that fits best; its image is there then. */
async function makeImage({ kind }: Options): Promise<KindName> {
  const openFiles = openFilesOf(STACK);
  const there = readRecord(machineFolder(STACK))?.kind;
  if (kind === "container") {
    const hindrance = await containerHindrance(openFiles);
    if (hindrance) throw new Error(`There can be no container for this: ${hindrance}. Leave out --kind.`);
  }
  if (kind && there && kind !== there)
    throw new Error(`There is a machine already, a ${there}. Take it away: npm run quickstart -- --down`);
  const given = kind ?? there;
  const choice = given
    ? { kind: given, why: there ? `${there}, which is there` : `${given}, as asked for` }
    : await chooseKind(openFiles, say);
  say(`the machine: ${choice.why}`);
  await ensureImage(say, DEFAULT_RELEASE, choice.kind);
  return choice.kind;
}

/** The hard limit of open files that the stack's load asks for. */
function openFilesOf(stack: string): number {
  const file = join(__dirname, "..", "stacks", `Pulumi.${stack}.yaml`);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  const wish = Object.fromEntries(
    ["tier", "capacity", "tuning"].map((name) => [name, config[`heavyload:${name}`]]),
  );
  const limit = makePlan(wish).plan?.settings.find(({ name }) => name === "nofile.hard")?.value;
  return Number(limit ?? 0);
}

async function up(pulumi: Pulumi, kind: KindName, connections: number): Promise<number> {
  await pulumi.init();
  await revive(pulumi);
  if ((await pulumi.resources()).length === 0) {
    await bootMachine(STACK, say, { kind }); // which `pulumi up` will find
    if (connections > 0) await measureBefore(connections);
  }
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
  if (connections > 0) await measureAfter(connections);
  const address = await pulumi.output<string>("address");
  say(`
The site answers at ${address} (also /wait?ms=50 and /cpu).
  npm run lab -- ssh               a shell on the machine; there: sudo heavyload status
  docs/plan.html                   the model in a browser: other loads, and what breaks first
  npm run quickstart -- --down     puts the machine back, then takes it away`);
  return 0;
}

/** Offers the machine what it cannot hold yet. */
async function measureBefore(connections: number): Promise<void> {
  title(
    `What the machine holds as installed: ${connections} connections offered, then as many requests to Django`,
  );
  const proofs = await prove(STACK, "as installed", connections, say);
  if (typeof proofs === "string") say(`Left out: ${proofs}.`);
  else keep(STACK, proofs);
}

async function measureAfter(connections: number): Promise<void> {
  title("What it holds now");
  const proofs = await prove(STACK, "tier 10k", connections, say);
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

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`\nquickstart: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
