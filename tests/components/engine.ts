import * as pulumi from "@pulumi/pulumi";
import { hostLine, settingLine } from "./reportLines";

/** What a program registered, as it came over the wire: secrets and options included. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly hideDiffs: readonly string[];
  /** Inputs as the engine gets them. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getDeletebeforereplace(): boolean;
  getHidediffsList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

const COMMAND = "command:remote:Command";

/**
 * An engine of mocks: answers the commands of HostTuning, refuses every other resource, and notes what a program
 * registers. `newResource` never sees options, hence the wrapped monitor.
 */
export async function startEngine(preview = false): Promise<Registered[]> {
  const known = new Set(["pulumi:pulumi:Stack", "heavyload:index:HostTuning", COMMAND]);
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => {
      if (!known.has(type)) throw new Error(`the mock engine knows no ${type}`);
      const stdout = name.endsWith("-report") ? `${hostLine()}\n${settingLine()}\n` : "";
      const outputs = type === COMMAND ? { stdout, stderr: "" } : {};
      return { id: `${name}-id`, state: { ...(inputs as Record<string, unknown>), ...outputs } };
    },
    call: ({ token }) => {
      throw new Error(`the mock engine knows no function ${token}`);
    },
  };
  await pulumi.runtime.setMocks(mocks, "project", "stack", preview);
  const registered: Registered[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: Request, callback: unknown) => void;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    registered.push(read(request));
    register(request, callback);
  };
  return registered;
}

const read = (request: Request): Registered => ({
  type: request.getType(),
  name: request.getName(),
  parent: request.getParent(),
  dependencies: request.getDependenciesList(),
  deleteBeforeReplace: request.getDeletebeforereplace(),
  hideDiffs: request.getHidediffsList(),
  inputs: request.getObject().toJavaScript(),
});

/** The value of an output; a rejection or ten seconds of silence fail the test instead of letting it hang. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  const promise = (output as unknown as { promise(): Promise<T> }).promise();
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("the output has no value after ten seconds")), 10_000).unref();
  });
  return Promise.race([promise, late]);
}

/** Waits until everything that a program began is registered. */
export const settle = (): Promise<void> =>
  (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
