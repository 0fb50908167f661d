/** Run on a small file system of its own: fills it while appending, makes room, and tells what happened. */
import { rmSync, writeFileSync } from 'node:fs';
import { must, parseClassId, parsePosition } from '../../../src/core/ids.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { noteDraft } from '../../support/journal.ts';

const [dir = '.'] = process.argv.slice(2);
const filler = `${dir}/filler`;
await using journal = await openJournal({
  database: { dialect: 'sqlite', file: `${dir}/gatehouse.db` },
  keysDatabase: { dialect: 'sqlite', file: `${dir}/keys.db` },
  masterKey: new Uint8Array(32),
  defaultClass: must(parseClassId('test-class')),
  writer: { in: 'here', parts: [], tasks: taskSink, clock: systemClock },
});
const large = 'x'.repeat(50_000);
writeFileSync(filler, Buffer.alloc(1_000_000));
let acknowledged = 0;
let refusal = '';
while (refusal === '') {
  try {
    await journal.append([noteDraft(large)]);
    acknowledged += 1;
  } catch (error) {
    refusal = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  }
}
const whileFull = await journal.size();
rmSync(filler);
const [next] = await journal.append([noteDraft('room again')]);
const all = await journal.reader.entriesFrom(must(parsePosition(1)));
const readable = all.filter((entry) => 'body' in entry).length;
process.stdout.write(JSON.stringify({ acknowledged, refusal, whileFull, next: next?.position, readable }));
