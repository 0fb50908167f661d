/** Composition root of the scanner threads: joins the engine with its detectors, and what reads the text of files. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { allDetectors } from './policy/detectors/all-detectors.ts';
import { createJudge } from './policy/engine/judge.ts';
import { serveScanner } from './policy/thread/serve-scanner.ts';

if (parentPort === null) throw new Error('the scanner runs as a thread of gatehouse');
const { key } = z.object({ key: z.instanceof(Uint8Array) }).parse(workerData);
serveScanner(parentPort, {
  compile: (rules) => createJudge(rules, { detectors: allDetectors, key }),
  // Only the thread that reads files needs what reads them; the one that judges is ready the sooner.
  textOf: async (file) => {
    const { textOfFile } = await import('./policy/text/text-of-file.ts');
    return await textOfFile(file);
  },
});
