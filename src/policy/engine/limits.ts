/** What one message may cost. What lies beyond is never silently left out: `unread` says `too-large`. */
export const MOST_PIECES = 16;
/** UTF-16 units of one piece. */
export const MOST_UNITS = 64 * 1024;
/** Findings that a hit names; its `count` counts on. */
export const MOST_OF_RULE = 20;
/** Findings of all rules together. */
export const MOST_OF_MESSAGE = 200;
/** A detector with more candidates in one text has them cut. */
export const MOST_CANDIDATES = 1_000;
/** Conditions of one rule, those inside others counted. */
export const MOST_CONDITIONS = 200;
/** Conditions inside conditions. */
export const MOST_DEPTH = 10;
