/** A child process that records what customers write and erases it at once, for ever, until it is killed. */
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft } from '../../../src/core/entry.ts';
import {
  must,
  noMillis,
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseLineId,
  parseNetworkId,
} from '../../../src/core/ids.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { erasedDraft, positionAt } from '../../support/erasing.ts';

const [dir = '.', key = ''] = process.argv.slice(2);
const EACH = 5;
const journal = await openJournal({
  database: { dialect: 'sqlite', file: `${dir}/gatehouse.db` },
  keysDatabase: { dialect: 'sqlite', file: `${dir}/keys.db` },
  masterKey: new Uint8Array(Buffer.from(key, 'hex')),
  defaultClass: must(parseClassId('test-class')),
  writer: {
    ...{ in: 'here', clock: systemClock, tasks: taskSink },
    parts: [bridgeWriterPart({ domain: 'acme.example' })],
  },
});

function written(n: number): Draft {
  return {
    kind: 'network.message',
    at: noMillis,
    source: { system: 'network:carrier', id: `${String(process.pid)}-${String(n)}`, sure: true },
    line: must(parseLineId('sales')),
    body: {
      ...{
        connector: must(parseConnectorId('carrier')),
        network: must(parseNetworkId('sms')),
        text: `said ${String(n)}`,
      },
      to: must(parseAddress('+12025550100')),
      // Some come again, some write once.
      from: must(parseAddress(`+120255501${String(10 + (n % 40))}`)),
    },
  };
}

for (let n = 0; ; n += EACH) {
  const appended = await journal.append(Array.from({ length: EACH }, (_, i) => written(n + i)));
  const from = appended[0]?.position ?? 1;
  // The last of them stays: its contact may be the first's.
  const to = from + EACH - 2;
  await journal.append([erasedDraft([[from, to]], `erased/${String(from)}`)]);
  process.stdout.write(`named ${String(from)} ${String(to)}\n`);
  await journal.eraseKeys([from, from + 1, from + 2, from + 3].map(positionAt));
  process.stdout.write(`gone ${String(from)} ${String(to)}\n`);
  if (n % 50 === 0) await journal.scrub();
}
