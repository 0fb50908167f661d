/** Composition root of the writer thread: joins what each feature does inside the journal's transactions. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { writerParts } from './app/writer-parts.ts';
import { serveWriter } from './journal/thread/serve-writer.ts';

if (parentPort === null) throw new Error('the writer runs as a thread of gatehouse');
const { domain } = z.object({ domain: z.string() }).parse(workerData);
serveWriter(parentPort, writerParts(domain));
