import { describe, expect, test } from '@jest/globals';
import { must, parseMillis } from '../../../../src/core/ids.ts';
import { shortMessage, type ShortMessage } from '../../../../src/networks/smpp/codec/pdu.ts';
import { OutstandingIds, type IdForm } from '../../../../src/networks/smpp/message-ids.ts';
import { isReceipt, readReceipt } from '../../../../src/networks/smpp/receipts.ts';
import { remoteId, SentMessages } from '../../../../src/networks/smpp/sent-messages.ts';

const address = { ton: 1, npi: 1, value: '12025550199' };

function receiptPdu(more: Partial<ShortMessage> = {}): ShortMessage {
  return shortMessage({ command: 'deliver_sm', source: address, destination: address, esmClass: 4, ...more });
}

describe('a receipt is known', () => {
  test.each([
    [0x04, true],
    [0x44, true],
    [0x20, true],
    [0x08, false],
    [0x10, false],
    [0x00, false],
    [0x40, false],
  ])('by esm_class %i', (esmClass, known) => {
    expect(isReceipt(receiptPdu({ esmClass }))).toBe(known);
  });

  test('by its parameters alone', () => {
    const tlvs = [
      { tag: 0x1e, value: Buffer.from('a1\0') },
      { tag: 0x427, value: Buffer.from([2]) },
    ];
    expect(isReceipt(receiptPdu({ esmClass: 0, tlvs }))).toBe(true);
  });
});

describe('a receipt is read in every form that carriers write', () => {
  test.each([
    [
      'the standard',
      'id:1234567890 sub:001 dlvrd:001 submit date:1601010100 done date:1601010101 stat:DELIVRD err:0 Text: Hello',
      { id: '1234567890', state: 'delivered', code: '0' },
    ],
    [
      'Vonage',
      'id:0000000012345678 sub:001 dlvrd:001 submit date:1601010100 done date:1601010101 stat:DELIVRD err:000 text:none',
      { id: '0000000012345678', state: 'delivered', code: '000' },
    ],
    [
      'seconds and a long id',
      'id:12345678901234567890 sub:001 dlvrd:000 submit date:160101010000 done date:160101010101 stat:UNDELIV err:001 text:',
      { id: '12345678901234567890', state: 'failed', code: '001' },
    ],
    [
      'OpenMarket',
      'id:0118Z-0122I-2309U-57DGB sub:000 dlvrd:000 submitdate:180122230957 donedate:000000000000 stat:REJECTED err:377 text:',
      { id: '0118Z-0122I-2309U-57DGB', state: 'failed', word: 'REJECTED', code: '377' },
    ],
    [
      'Jasmin',
      'id:77d2 submit date:1601010100 done date:1601010101 stat:EXPIRED err:5',
      { id: '77d2', state: 'expired', code: '5' },
    ],
    [
      'lines',
      'id:99\nsub:001\ndlvrd:001\nsubmit date:1601010100\ndone date:1601010101\nstat:ACCEPTD\nerr:000',
      { id: '99', state: 'accepted' },
    ],
    ['a word of its own', 'id:5 stat:WHATEVER err:1', { id: '5', state: 'unknown', word: 'WHATEVER' }],
    ['no id', 'sub:001 stat:DELIVRD', { id: undefined, state: 'delivered' }],
    ['an empty id', 'id: sub:001 stat:DELIVRD', { id: undefined }],
    [
      'a quoted text that looks like one',
      'id:5 stat:UNDELIV err:1 text:stat:DELIVRD id:6',
      { id: '5', state: 'failed' },
    ],
    ['nothing at all', '', { id: undefined, state: 'unknown' }],
  ])('%s', (_what, text, expected) => {
    expect(readReceipt(receiptPdu(), text)).toMatchObject(expected);
  });

  test.each([
    ['ENROUTE', 'accepted'],
    ['ACCEPTD', 'accepted'],
    ['BUFFERED', 'accepted'],
    ['BUFFRED', 'accepted'],
    ['SENT', 'accepted'],
    ['DELIVRD', 'delivered'],
    ['delivrd', 'delivered'],
    ['EXPIRED', 'expired'],
    ['DELETED', 'failed'],
    ['UNDELIV', 'failed'],
    ['REJECTD', 'failed'],
    ['REJECTED', 'failed'],
    ['FAILED', 'failed'],
    ['UNKNOWN', 'unknown'],
  ])('the word %s', (word, state) => {
    expect(readReceipt(receiptPdu(), `id:5 stat:${word} err:0`)).toMatchObject({ id: '5', state });
  });

  test.each(
    (
      [
        'accepted',
        'accepted',
        'delivered',
        'expired',
        'failed',
        'failed',
        'accepted',
        'unknown',
        'failed',
        'unknown',
      ] as const
    ).map((state, number) => [number, state] as const),
  )('the message_state %i', (number, state) => {
    const tlvs = [{ tag: 0x427, value: Buffer.from([number]) }];
    expect(readReceipt(receiptPdu({ tlvs }), 'id:5')).toMatchObject({ id: '5', state });
  });

  test('parameters win over the text', () => {
    const tlvs = [
      { tag: 0x1e, value: Buffer.from('right\0') },
      { tag: 0x427, value: Buffer.from([5]) },
      { tag: 0x423, value: Buffer.from([3, 0, 34]) },
    ];
    expect(readReceipt(receiptPdu({ tlvs }), 'id:wrong stat:DELIVRD err:000')).toEqual({
      id: 'right',
      state: 'failed',
      word: 'UNDELIVERABLE',
      code: '3:34',
    });
  });
});

describe('the message of a receipt is found among those outstanding', () => {
  function find(sent: readonly string[], receipt: string, form: IdForm = 'auto'): string | undefined {
    const ids = new OutstandingIds<number>(form);
    sent.forEach((id, index) => {
      ids.add(id, index);
    });
    return ids.find(receipt)?.id;
  }

  test.each([
    ['as it is', ['abc', 'ABC'], 'ABC', 'ABC'],
    ['in the other case', ['abcd'], 'ABCD', 'abcd'],
    ['without leading zeros', ['123'], '0000000123', '123'],
    ['hexadecimal sent, decimal received', ['BC614E'], '12345678', 'BC614E'],
    ['decimal sent, hexadecimal received', ['12345678'], 'bc614e', '12345678'],
    ['beyond 2^53', ['AB54A98CEB1F0AD2'], '12345678901234567890', 'AB54A98CEB1F0AD2'],
    ['never when two match', ['ab', 'AB'], 'Ab', undefined],
    ['never when two match by radix', ['100', '40'], '64', undefined],
    ['never one that is not outstanding', ['1'], '2', undefined],
  ])('%s', (_what, sent, receipt, expected) => {
    expect(find(sent, receipt)).toBe(expected);
  });

  test('a radix is tried only as the config says', () => {
    expect(find(['BC614E'], '12345678', 'raw')).toBeUndefined();
    expect(find(['BC614E'], '12345678', 'dec')).toBeUndefined();
    expect(find(['BC614E'], '12345678', 'hex')).toBe('BC614E');
  });
});

describe('receipts of a message add up', () => {
  const now = must(parseMillis(1_000_000));
  const receipt = (id: string, state: 'delivered' | 'failed' | 'accepted') => ({ id, state, word: state });

  function sent(...ids: string[]): SentMessages {
    const messages = new SentMessages('auto');
    messages.add({ key: '1.1', ids: ids.map(remoteId), at: now });
    return messages;
  }

  function take(messages: SentMessages, id: string, state: 'delivered' | 'failed' | 'accepted'): unknown {
    const matched = messages.match(receipt(id, state));
    matched?.settle();
    return matched === undefined
      ? undefined
      : [matched.state, matched.detail, matched.kv.map(({ value }) => value === null)];
  }

  test('a long one is delivered when all its parts are', () => {
    const messages = sent('a', 'b');
    expect(take(messages, 'a', 'delivered')).toEqual(['accepted', '1 of 2 parts delivered', [false]]);
    expect(take(messages, 'b', 'delivered')).toEqual(['delivered', '2 of 2 parts delivered', [true]]);
  });

  test('it has failed when one of them has', () => {
    const messages = sent('a', 'b');
    expect(take(messages, 'a', 'failed')).toEqual(['failed', '0 of 2 parts delivered', [false]]);
    expect(take(messages, 'b', 'delivered')).toEqual(['failed', '1 of 2 parts delivered', [true]]);
  });

  test('delivered stays delivered', () => {
    const messages = sent('a');
    take(messages, 'a', 'delivered');
    expect(take(messages, 'a', 'accepted')).toEqual(['delivered', undefined, [true]]);
    expect(take(messages, 'a', 'failed')).toEqual(['delivered', undefined, [true]]);
  });

  test('a restart forgets nothing but what is old or unreadable', () => {
    const messages = sent('a', 'b');
    const noted = messages.match(receipt('a', 'delivered'))?.kv[0];
    const value = noted?.value ?? Buffer.alloc(0);
    const next = new SentMessages('auto');
    expect(
      next.load(
        [
          { key: 'sent:1.1', value },
          { key: 'sent:x', value: Buffer.from('{') },
        ],
        now,
      ),
    ).toEqual([{ key: 'sent:x', value: null }]);
    expect(take(next, 'b', 'delivered')).toEqual(['delivered', '2 of 2 parts delivered', [true]]);
    const later = must(parseMillis(now + 8 * 24 * 3_600_000));
    expect(new SentMessages('auto').load([{ key: 'sent:1.1', value }], later)).toHaveLength(1);
  });
});
