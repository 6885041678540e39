import { basename } from "node:path";
import { expect } from "@jest/globals";
import type { KindName } from "../../lab/machine/kindName";
import type { Release } from "../../lab/machine/releases";

/** Where the tests of a jest project run: jest.config.js says it. */
export const { KIND, RELEASE } = globalThis as unknown as {
  readonly KIND: KindName;
  readonly RELEASE: Release;
};

/** Each file has machines of its own: `first` of them is told from others that it boots besides. */
export function machineName(first = "test"): string {
  const file = basename(expect.getState().testPath ?? "", ".test.ts").toLowerCase();
  return `${first}-${file}-${KIND}-${RELEASE}`;
}
