/** The writer thread as the house starts it. */
export const WRITER = new URL('../../src/writer.ts', import.meta.url);
