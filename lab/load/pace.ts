const PACES: Readonly<Record<string, number>> = { tcg: 400 };
const PACE = 2_000;

/**
 * What a machine can follow.
 * @param accelerator what runs it
 * @returns Unit: connections a second.
 */
export const paceOf = (accelerator: string): number => PACES[accelerator] ?? PACE;
