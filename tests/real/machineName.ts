/** The machine that the tests of a jest project share: jest.config.js names it. */
export const MACHINE: string = (globalThis as unknown as { MACHINE: string }).MACHINE;
