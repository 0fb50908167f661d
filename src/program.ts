/** What the command line is joined to. */
import type { Program } from './cli/deps.ts';
import { err } from './core/result.ts';

const noApp = err('this build has no application part');

export const program: Program = {
  createApp: () => Promise.resolve(noApp),
  openRecords: () => Promise.resolve(noApp),
  callRunning: () => Promise.resolve(undefined),
  runDemo: () => Promise.resolve(1),
};
