/** What the shell is told (DESIGN 11). */
export const DONE = 0;
/** It failed, or something is wrong. */
export const FAILED = 1;
/** Wrong usage or config. */
export const WRONG_USAGE = 2;

export type ExitCode = typeof DONE | typeof FAILED | typeof WRONG_USAGE;
