/** A thread that plays its share of the histories and tells what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { simulate } from './simulate.ts';

const given = z.object({
  histories: z.number(),
  seed: z.number(),
  verifyEvery: z.number(),
  shrink: z.boolean(),
  share: z.object({ index: z.number(), of: z.number() }),
});

parentPort?.postMessage(await simulate(given.parse(workerData)));
