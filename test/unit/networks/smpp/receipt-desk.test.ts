import { expect, test } from '@jest/globals';
import { must, parseConnectorId, parseMillis } from '../../../../src/core/ids.ts';
import type { KvEdit, OutboundUpdate } from '../../../../src/core/ports/connector.ts';
import { Background } from '../../../../src/networks/smpp/background.ts';
import { ReceiptDesk } from '../../../../src/networks/smpp/receipt-desk.ts';
import { remoteId, SentMessages } from '../../../../src/networks/smpp/sent-messages.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { withoutNetwork } from '../../../support/without-network.ts';

/** A desk whose notes are on disk only when `written` says so. */
function house() {
  const [clock, log] = [new ManualClock(), new KeptLog()];
  const recorded: OutboundUpdate[] = [];
  const notes = new Set<string>();
  const writing = Promise.withResolvers<undefined>();
  const apply = async (edits: readonly KvEdit[]): Promise<void> => {
    const held = edits.some(({ key, value }) => key.startsWith('held:') && value !== null);
    if (held) await writing.promise;
    for (const { key, value } of edits)
      if (value === null) notes.delete(key);
      else notes.add(key);
  };
  const background = new Background(log);
  const ctx = {
    ...withoutNetwork,
    ...{ id: must(parseConnectorId('carrier')), log, metrics: new KeptMetrics(), clock },
    signal: new AbortController().signal,
    kv: { get: () => Promise.resolve(undefined), list: () => Promise.resolve([]), apply },
    ingest: () => Promise.resolve(),
    outcome: async (update: OutboundUpdate, edits: readonly KvEdit[] = []) => {
      recorded.push(update);
      await apply(edits);
    },
    state: () => undefined,
  };
  const desk = new ReceiptDesk({ ctx, sent: new SentMessages('raw'), background });
  const take = (): Promise<void> =>
    desk.take({
      ...{ key: 'receipt', at: must(parseMillis(clock.now())), raw: Buffer.from('pdu') },
      receipt: { id: 'id', state: 'delivered', word: 'DELIVRD' },
    });
  const written = (): void => {
    writing.resolve(undefined);
  };
  return { desk, clock, background, recorded, notes, take, written };
}

test('a receipt whose answer comes while it is noted is on record at once, not a minute later', async () => {
  const { desk, clock, background, recorded, notes, take, written } = house();
  desk.submitting();
  const taken = take();
  desk.sent('7.1', [remoteId('id')]);
  desk.submitted();
  written();
  await taken;
  await background.idle();
  expect(recorded).toMatchObject([{ id: 'receipt', state: 'delivered', matches: [remoteId('id')] }]);
  expect(Array.from(notes).filter((key) => key.startsWith('held:'))).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('a receipt whose answer comes after it was noted is on record with that answer', async () => {
  const { desk, clock, background, recorded, notes, take, written } = house();
  desk.submitting();
  written();
  await take();
  expect([recorded, clock.timers]).toEqual([[], 1]);
  desk.sent('7.1', [remoteId('id')]);
  await background.idle();
  expect(recorded).toMatchObject([{ id: 'receipt', state: 'delivered', matches: [remoteId('id')] }]);
  expect(Array.from(notes).filter((key) => key.startsWith('held:'))).toEqual([]);
  expect(clock.timers).toBe(0);
});
