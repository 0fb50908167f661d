/** One start on the record at its first argument; then it writes until it is killed. */
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { must, parseClassId } from '../../src/core/ids.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { countTasks, dueHeads } from '../../src/tasks/open-tasks.ts';
import { DOMAIN, mixed } from './traffic.ts';
import { WRITER } from './writer-thread.ts';

const [dir = '', key = ''] = process.argv.slice(2);
const began = performance.now();
const journal = await openJournal({
  database: { dialect: 'sqlite', file: join(dir, 'gatehouse.db') },
  keysDatabase: { dialect: 'sqlite', file: join(dir, 'keys.db') },
  masterKey: Buffer.from(key, 'base64'),
  defaultClass: must(parseClassId('bench')),
  writer: { in: 'thread', url: WRITER, data: { domain: DOMAIN } },
});
const opened = performance.now() - began;
await journal.views.read(async (reading) => {
  await countTasks(reading);
  await dueHeads(reading, { now: systemClock.now(), limit: 64 });
});
const size = await journal.size();
const served = performance.now() - began;
// The writes that the kill meets differ from those of the record: a new process makes other texts.
const writing = journal.append(mixed(200)).then(
  () => undefined,
  () => undefined,
);
process.send?.({ opened, served, size });
await writing;
setInterval(() => undefined, 1_000);
