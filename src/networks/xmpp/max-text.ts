/** Code units of one message; the largest stanza of so many stays below what servers take from each other (64 KiB). */
export const maxText = 10_000;
