/** How long a host is tried. Unit: seconds. */
export const TIMEOUT = { default: 30, min: 5, max: 3_600 } as const;
