/** The writer thread of the tests: the real protocol with the test's feature. */
import { parentPort } from 'node:worker_threads';
import { serveWriter } from '../../../src/journal/thread/serve-writer.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { countingPart } from '../../support/journal-fixture.ts';

if (parentPort === null) throw new Error('this file runs as a thread');
serveWriter(parentPort, { parts: [countingPart()], tasks: taskSink });
