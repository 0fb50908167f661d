import type { HomeserverCleaner } from '../../src/retention/run/homeserver-cleaner.ts';

/** Of a house without one. */
export const noHomeserver: HomeserverCleaner = { notes: 'copies', clean: () => Promise.resolve([]) };
