import { withoutNetwork } from '../../support/without-network.ts';
import { expect, test } from '@jest/globals';
import { must, parseConnectorId, parseMillis } from '../../../src/core/ids.ts';
import { Background } from '../../../src/networks/smpp/background.ts';
import { ReceiptDesk } from '../../../src/networks/smpp/receipt-desk.ts';
import { SentMessages } from '../../../src/networks/smpp/sent-messages.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';

const HELD_MAX = 1_000;
const at = must(parseMillis(1_700_000_000_000));

test('receipts wait for the answer to their text up to a limit; more are recorded by themselves', async () => {
  const clock = new ManualClock();
  const log = new KeptLog();
  const recorded: string[] = [];
  const background = new Background(log);
  const ctx = {
    ...withoutNetwork,
    ...{ id: must(parseConnectorId('carrier')), log, metrics: new KeptMetrics(), clock },
    signal: new AbortController().signal,
    kv: { get: () => Promise.resolve(undefined), list: () => Promise.resolve([]), apply: () => Promise.resolve() },
    ingest: () => Promise.resolve(),
    outcome: ({ id }: { readonly id: string }) => {
      recorded.push(id);
      return Promise.resolve();
    },
    state: () => undefined,
  };
  const desk = new ReceiptDesk({ ctx, sent: new SentMessages('raw'), background });
  const take = (n: number): Promise<void> =>
    desk.take({
      ...{ key: `receipt-${n}`, at, raw: Buffer.from('pdu') },
      receipt: { id: `id${n}`, state: 'delivered', word: 'DELIVRD' },
    });
  desk.submitting();
  for (let n = 0; n < HELD_MAX; n += 1) await take(n);
  expect(recorded).toEqual([]);
  expect(clock.timers).toBe(HELD_MAX);
  await take(HELD_MAX);
  expect(recorded).toEqual([`receipt-${HELD_MAX}`]);
  expect(clock.timers).toBe(HELD_MAX);
  desk.stop();
  expect(clock.timers).toBe(0);
});
