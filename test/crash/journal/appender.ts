/** A child process that appends for ever and says on stdout what is acknowledged, until it is killed. */
import { must, parseClassId } from '../../../src/core/ids.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { noteDraft } from '../../support/journal.ts';

const [dir = '.', key = ''] = process.argv.slice(2);
process.stdout.write(`pid ${process.pid}\n`);
const url = new URL('../../integration/journal/writer-thread.ts', import.meta.url);
const journal = await openJournal({
  database: { dialect: 'sqlite', file: `${dir}/gatehouse.db` },
  keysDatabase: { dialect: 'sqlite', file: `${dir}/keys.db` },
  masterKey: new Uint8Array(Buffer.from(key, 'hex')),
  defaultClass: must(parseClassId('test-class')),
  writer: { in: 'thread', url },
});

// As good as acknowledged: whoever brings one of these again is told that it is on record.
process.stdout.write(`has ${await journal.size()}\n`);

async function appendForEver(name: string): Promise<never> {
  for (let n = 0; ; n += 1) {
    const [first] = await journal.append([noteDraft(`${name} ${n} a`), noteDraft(`${name} ${n} b`)]);
    if (first !== undefined) process.stdout.write(`${first.position} ${name} ${n}\n`);
  }
}
const run = process.pid;
await Promise.all(['x', 'y', 'z'].map((name) => appendForEver(`${name}${run}`)));
