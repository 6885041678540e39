import { randomBytes } from "node:crypto";
import { diffFields, type Changes } from "./diff";
import type { ResourceLog } from "./engineLog";
import { checkFields, LOCAL_COMMAND, LOCAL_RUN, REMOTE_COMMAND, type Shape } from "./inputs";
import { runLocal, type LocalCommand } from "./local";
import type { CommandOutput } from "./output";
import type { RemoteCommand } from "./remote";
import { equal, hasUnknown, plain, UNKNOWN, withoutNulls, type Fields, type Value } from "./values";

/** How one operation of the engine runs: where its lines go, and what ends it early. */
export interface Operation {
  readonly log: ResourceLog;
  readonly signal: AbortSignal;
}

interface Kind {
  readonly shape: Shape;
  readonly run: (
    command: string,
    inputs: Fields,
    before: CommandOutput,
    operation: Operation,
  ) => Promise<CommandOutput>;
}

const NOTHING: CommandOutput = { stdout: "", stderr: "" };

const KINDS: Readonly<Record<string, Kind>> = {
  "command:local:Command": {
    shape: LOCAL_COMMAND,
    run: (command, inputs, before, { log, signal }) => {
      const run = { ...inputs, command } as unknown as LocalCommand;
      const environment = { ...run.environment, ...previous(inputs, before) };
      return runLocal({ ...run, environment }, log.status, signal);
    },
  },
  "command:remote:Command": {
    shape: REMOTE_COMMAND,
    run: async (command, inputs, before, { log, signal }) => {
      const environment = previous(inputs, before);
      const { runRemote } = await import("./remote"); // ssh2 is large, and a preview does without
      return runRemote({ ...inputs, command, environment } as unknown as RemoteCommand, log, signal);
    },
  },
};

function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind) return kind;
  throw new Error(
    `The lab's runner does not support ${type}, only ${Object.keys(KINDS).join(" and ")}: use those, or run ` +
      "where the official command plugin can be downloaded",
  );
}

export function check(type: string, news: Fields): { inputs: Fields; problems: readonly string[] } {
  const { fields, problems } = checkFields(withoutNulls(news), kindOf(type).shape);
  return { inputs: fields, problems };
}

export function diff(type: string, oldInputs: Fields, news: Fields, ignored: readonly string[]): Changes {
  const { shape } = kindOf(type);
  const known = (fields: Fields) =>
    Object.fromEntries(
      Object.entries(withoutNulls(fields)).filter(([name]) => name in shape && !ignored.includes(name)),
    );
  return diffFields(known(oldInputs), known(news));
}

export async function create(type: string, name: string, inputs: Fields, operation: Operation) {
  const id = `${name}${randomBytes(4).toString("hex")}`;
  return { id, state: await apply(type, inputs, inputs["create"], NOTHING, operation) };
}

export function previewCreate(inputs: Fields): Fields {
  return { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN };
}

/** Without an `update` command, `create` runs. */
export function update(type: string, state: Fields, news: Fields, operation: Operation): Promise<Fields> {
  return apply(type, news, news["update"] ?? news["create"], outputOf(state), operation);
}

export function previewUpdate(type: string, state: Fields, news: Fields): Fields {
  const moved = (name: string) =>
    hasUnknown(news[name]) || (name in state && !equal(state[name], news[name]));
  return Object.keys(kindOf(type).shape).some(moved) ? previewCreate(news) : { ...news, ...outputOf(state) };
}

export async function remove(type: string, state: Fields, operation: Operation): Promise<void> {
  await apply(type, state, state["delete"], outputOf(state), operation);
}

/** `local.run`: at every preview and up. */
export async function invoke(token: string, args: Fields, operation: Operation) {
  if (token !== "command:local:run") throw new Error(`The lab's runner does not support ${token}`);
  const { fields, problems } = checkFields(withoutNulls(args), LOCAL_RUN);
  if (problems.length) return { problems, outputs: {} };
  const inputs = plain(fields) as Fields;
  const output = await runLocal(inputs as unknown as LocalCommand, operation.log.status, operation.signal);
  return { problems, outputs: { ...fields, ...output } as Fields };
}

async function apply(
  type: string,
  inputs: Fields,
  command: Value | undefined,
  before: CommandOutput,
  operation: Operation,
): Promise<Fields> {
  const { shape, run } = kindOf(type);
  if (command === undefined) return { ...inputs, ...before };
  const own = Object.fromEntries(Object.entries(inputs).filter(([name]) => name in shape));
  return { ...inputs, ...(await run(plain(command) as string, plain(own) as Fields, before, operation)) };
}

const text = (value: Value | undefined) => (value === undefined ? "" : (plain(value) as string));
const outputOf = (state: Fields): CommandOutput => ({
  stdout: text(state["stdout"]),
  stderr: text(state["stderr"]),
});

/** The environment variables that tell a command what the run before printed. */
function previous(inputs: Fields, before: CommandOutput): Record<string, string> {
  if (inputs["addPreviousOutputInEnv"] === false) return {};
  return {
    ...(before.stdout && { PULUMI_COMMAND_STDOUT: before.stdout }),
    ...(before.stderr && { PULUMI_COMMAND_STDERR: before.stderr }),
  };
}
