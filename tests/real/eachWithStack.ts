import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import { MINUTES, Pristine } from "./pristine";
import { TestStack } from "../../lab/drive/stack";

/** Before each test `begin` gets the file's machine and a stack of the test's own. */
export function eachWithStack(begin: (host: Pristine, stack: TestStack) => void): void {
  let host: Pristine;
  let stack: TestStack;
  beforeAll(async () => {
    host = await Pristine.boot();
  }, 15 * MINUTES);
  beforeEach(async () => {
    stack = await TestStack.make("real");
    begin(host, stack);
  }, MINUTES);
  // Whatever a test did, the next one starts from the machine as it came.
  afterEach(async () => {
    await stack.destroy();
    stack.remove();
    await host.reset();
  }, 5 * MINUTES);
  afterAll(() => host.remove(), MINUTES);
}
