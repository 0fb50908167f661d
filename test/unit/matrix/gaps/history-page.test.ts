import { describe, expect, test } from '@jest/globals';
import { historyPage } from '../../../../src/matrix/gaps/history-page.ts';
import { must, parseClassId, parseMillis } from '../../../../src/core/ids.ts';

const context = { class: must(parseClassId('us-finra-6y')), now: must(parseMillis(1)) };
const message = {
  event_id: '$one',
  type: 'm.room.message',
  room_id: '!r:acme.example',
  sender: '@alice:acme.example',
  origin_server_ts: 1_700_000_000_000,
  content: { msgtype: 'm.text', body: 'Hi' },
};

function page(chunk: readonly unknown[], more: object = {}) {
  return historyPage(Buffer.from(JSON.stringify({ start: 't1', chunk, ...more })), context);
}

describe('a page of history', () => {
  test('gives each event with the bytes that it came in, and where the next page begins', () => {
    const read = page([message, { ...message, event_id: '$two' }], { end: 't2' });
    expect(read).toMatchObject({ start: 't1', end: 't2', events: [{ id: '$one', pruned: false }, { id: '$two' }] });
    const raw = read?.events[0]?.draft.raw ?? new Uint8Array();
    expect(JSON.parse(Buffer.from(raw).toString('utf8'))).toEqual(message);
  });

  test('says of a redacted event, and of one without content, that it is gone', () => {
    const redacted = { ...message, content: {}, unsigned: { redacted_because: { type: 'm.room.redaction' } } };
    expect(page([redacted, { ...message, content: {} }])?.events.map((event) => event.pruned)).toEqual([true, true]);
    const member = { ...message, type: 'org.acme.state', state_key: '', content: {} };
    expect(page([member])?.events.map((event) => event.pruned)).toEqual([false]);
  });

  test('keeps an event that fits no form as malformed, and leaves out what has no id', () => {
    const read = page([{ ...message, sender: 7 }, { type: 'm.room.message' }]);
    expect(read?.events.map((event) => [event.id, event.draft.kind])).toEqual([['$one', 'matrix.malformed']]);
  });

  test.each(['', 'nonsense', '{}', '{"chunk":7}', '[]'])('is none when the answer is %p', (body) => {
    expect(historyPage(Buffer.from(body), context)).toBeUndefined();
  });
});
