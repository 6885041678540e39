import type { Release } from "../../lab/machine/releases";

const given = globalThis as unknown as { readonly MACHINE: string; readonly RELEASE: Release };

/** The machine that the tests of a jest project share, and its Debian: jest.config.js names them. */
export const { MACHINE, RELEASE } = given;
