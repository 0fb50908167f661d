import { describe, expect, test } from '@jest/globals';
import { must, parseMillis, type RemoteId } from '../../../../src/core/ids.ts';
import { Background } from '../../../../src/networks/smpp/background.ts';
import type { QuerySmResp } from '../../../../src/networks/smpp/codec/pdu.ts';
import { ASKED_MAX, LateReceipts } from '../../../../src/networks/smpp/late-receipts.ts';
import type { TakenReceipt } from '../../../../src/networks/smpp/receipt-desk.ts';
import { remoteId, SentMessages } from '../../../../src/networks/smpp/sent-messages.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog } from '../../../support/quiet.ts';

const hour = 3_600_000;

function house(messages: number) {
  const [clock, log, sent] = [new ManualClock(), new KeptLog(), new SentMessages('raw')];
  const at = must(parseMillis(clock.now() - 30 * hour));
  for (let n = 1; n <= messages; n += 1) sent.add({ key: `${String(n)}.1`, ids: [remoteId(`id-${String(n)}`)], at });
  const asked: string[] = [];
  const taken: TakenReceipt[] = [];
  const answers = new Map<string, number>();
  let down = false;
  const background = new Background(log);
  const ask = (id: RemoteId): Promise<QuerySmResp | undefined> => {
    if (down) return Promise.reject(new Error('no connection'));
    asked.push(id);
    const messageState = answers.get(id);
    const answer = { command: 'query_sm_resp', messageId: id, finalDate: '', errorCode: 0 } as const;
    return Promise.resolve(messageState === undefined ? undefined : { ...answer, messageState });
  };
  const take = (receipt: TakenReceipt): Promise<void> => Promise.resolve(void taken.push(receipt));
  const late = new LateReceipts({ clock, log, background, sent, receipts: { take }, ask });
  const hours = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      clock.advance(hour);
      await background.idle();
    }
  };
  const connected = async (): Promise<void> => {
    late.connected();
    await background.idle();
  };
  return { clock, log, late, asked, taken, answers, hours, connected, lose: (lost: boolean) => void (down = lost) };
}

describe('texts whose last receipt never came', () => {
  test('are asked after once a day, and only a last word counts', async () => {
    const { asked, taken, answers, hours, connected } = house(3);
    answers.set('id-1', 5).set('id-2', 1);
    await connected();
    expect(asked).toEqual(['id-1', 'id-2', 'id-3']);
    expect(taken).toMatchObject([
      { key: 'query/id-1/5', receipt: { id: 'id-1', state: 'failed', word: 'UNDELIVERABLE' } },
    ]);
    await hours(23);
    expect(asked).toHaveLength(3);
    await hours(1);
    expect(asked.slice(3)).toEqual(['id-1', 'id-2', 'id-3']);
  });

  test(`are asked after ${String(ASKED_MAX)} an hour at most`, async () => {
    const { asked, hours, connected } = house(ASKED_MAX + 50);
    await connected();
    expect(asked).toHaveLength(ASKED_MAX);
    await connected();
    expect(asked).toHaveLength(ASKED_MAX);
    await hours(1);
    expect(new Set(asked).size).toBe(ASKED_MAX + 50);
  });

  test('wait an hour while the carrier can not be asked', async () => {
    const { asked, log, hours, connected, lose } = house(2);
    lose(true);
    await connected();
    expect(log.events()).toEqual(['smpp.not-asked']);
    lose(false);
    await hours(1);
    expect(asked).toEqual(['id-1', 'id-2']);
  });

  test('are left alone once it has stopped', async () => {
    const { asked, clock, late, hours, connected } = house(1);
    await connected();
    late.stop();
    expect(clock.timers).toBe(0);
    await hours(48);
    await connected();
    expect(asked).toHaveLength(1);
  });
});
