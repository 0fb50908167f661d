import { describe, expect, test } from '@jest/globals';
import { must, parseClassId, parseMillis } from '../../../src/core/ids.ts';
import { draftOf, type MatrixDraft } from '../../../src/matrix/event-drafts.ts';
import { parseTransaction } from '../../../src/matrix/transaction.ts';

const context = { class: must(parseClassId('us-finra-6y')), now: must(parseMillis(5)) };
const good = {
  type: 'm.room.message',
  event_id: '$one',
  room_id: '!room:acme.example',
  sender: '@alice:acme.example',
  origin_server_ts: 1_700_000_000_000,
  content: { msgtype: 'm.text', body: 'Hi' },
};

function drafts(json: string): MatrixDraft[] {
  const transaction = parseTransaction(new TextEncoder().encode(json));
  if (!transaction.ok) throw new Error(transaction.error);
  return transaction.value.events.map((event) => draftOf(event, context));
}

function only(event: unknown): MatrixDraft {
  const [draft, ...more] = drafts(JSON.stringify({ events: [event] }));
  if (draft === undefined || more.length > 0) throw new Error('not one draft');
  return draft;
}

describe('the draft of an event', () => {
  test('keeps what identifies it, and the bytes as they came', () => {
    const json = `{"events":[ {"age": 4, "event_id":"$one","type":"m.room.message","room_id":"!room:acme.example","sender":"@alice:acme.example","origin_server_ts":1700000000000,"content":{"body":"\\u0048i","msgtype":"m.text"},"user_id":"x"} ]}`;
    const [draft] = drafts(json);
    expect(draft).toMatchObject({
      kind: 'matrix.event',
      at: 1_700_000_000_000,
      source: { system: 'matrix', id: '$one', sure: true },
      actor: '@alice:acme.example',
      room: '!room:acme.example',
      class: 'us-finra-6y',
    });
    expect(draft?.body).toEqual(good);
    expect(Buffer.from(draft?.raw ?? []).toString('utf8')).toBe(json.slice(json.indexOf(' {') + 1, -3));
  });

  test('is the same from both streams, which add different things to an event', () => {
    const one = only({ ...good, age: 4, user_id: good.sender, unsigned: { age: 4 } });
    const two = only({ ...good, age: 900, unsigned: { age: 900, 'm.relations': {} } });
    expect({ ...one, raw: undefined }).toEqual({ ...two, raw: undefined });
  });

  test('a state event keeps its state key, also an empty one', () => {
    expect(only({ ...good, type: 'm.room.name', state_key: '' }).body).toMatchObject({ state_key: '' });
    expect(only(good).body).not.toHaveProperty('state_key');
  });

  test.each([
    ['beside the content', { redacts: '$gone', content: {} }],
    ['inside the content', { content: { redacts: '$gone' } }],
    ['in both places', { redacts: '$gone', content: { redacts: '$gone' } }],
  ])('a redaction says what it redacts, written %s', (_, more) => {
    expect(only({ ...good, type: 'm.room.redaction', ...more }).body).toMatchObject({ redacts: '$gone' });
  });

  test('an unknown event type is an event like any other', () => {
    expect(only({ ...good, type: 'com.example.new', content: { body: 7 } })).toMatchObject({ kind: 'matrix.event' });
  });
});

describe('an event that fits no schema is recorded as malformed, with its bytes', () => {
  test.each([
    ['no object', 'text', 'event'],
    ['null', null, 'event'],
    ['a list', [good], 'event'],
    ['no event id', { ...good, event_id: undefined }, 'event_id'],
    ['an event id that is a number', { ...good, event_id: 5 }, 'event_id'],
    ['an event id that is none', { ...good, event_id: 'one' }, 'event_id'],
    ['no type', { ...good, type: undefined }, 'type'],
    ['a type that is an object', { ...good, type: {} }, 'type'],
    ['no room', { ...good, room_id: undefined }, 'room_id'],
    ['a sender that is no user', { ...good, sender: 'alice' }, 'sender'],
    ['a time that is text', { ...good, origin_server_ts: 'now' }, 'origin_server_ts'],
    ['a time before 1970', { ...good, origin_server_ts: -1 }, 'origin_server_ts'],
    ['a broken time', { ...good, origin_server_ts: 1.5 }, 'origin_server_ts'],
    ['no content', { ...good, content: undefined }, 'content'],
    ['content that is a list', { ...good, content: [] }, 'content'],
    ['a state key that is a number', { ...good, state_key: 1 }, 'state_key'],
    ['a redaction of nothing', { ...good, type: 'm.room.redaction' }, 'redacts'],
    ['a redaction of a number', { ...good, type: 'm.room.redaction', redacts: 1 }, 'redacts'],
  ])('%s', (_, event, where) => {
    const draft = only(event);
    expect(draft.kind).toBe('matrix.malformed');
    expect(draft.body).toHaveProperty('reason', expect.stringContaining(where));
    expect(Buffer.from(draft.raw ?? []).toString('utf8')).toBe(JSON.stringify(event));
    expect(draft.source.sure).toBe(true);
  });

  test.each([
    ['a number that is not finite', '{"n":1e999}', 'finite'],
    ['a lone surrogate', String.raw`{"body":"\ud83d"}`, 'surrogate'],
    ['a lone surrogate in a key', String.raw`{"\udc00":1}`, 'surrogate'],
    ['more than 100 levels', `{"a":${'['.repeat(120)}${']'.repeat(120)}}`, 'levels'],
    ['so many levels that a recursion would die', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'levels'],
  ])('%s in the content', (_, content, reason) => {
    const text = JSON.stringify({ ...good, content: {} }).replace('"content":{}', `"content":${content}`);
    const [draft] = drafts(`{"events":[${text}]}`);
    expect(draft).toMatchObject({ kind: 'matrix.malformed', source: { id: '$one' }, room: '!room:acme.example' });
    expect(draft?.body).toHaveProperty('reason', expect.stringContaining(reason));
    expect(Buffer.from(draft?.raw ?? []).toString('utf8')).toBe(text);
  });

  test('an id that has no canonical text is not taken over', () => {
    const [draft] = drafts(JSON.stringify({ events: [{ ...good, event_id: '$\ud83d', room_id: '!\udc00' }] }));
    expect(draft).toMatchObject({ kind: 'matrix.malformed', source: { id: expect.stringMatching(/^malformed:/u) } });
    expect(draft).not.toHaveProperty('room');
  });

  test('one without an id is known again by its bytes, and the reason never quotes it', () => {
    const bad = { type: 'm.room.message', content: { body: 'secret words' } };
    expect(only(bad).source.id).toBe(only(bad).source.id);
    expect(only(bad).source.id).not.toBe(only({ ...bad, more: 1 }).source.id);
    expect(JSON.stringify(only(bad).body)).not.toContain('secret');
  });

  test('among good events it stops none of them', () => {
    const kinds = drafts(JSON.stringify({ events: [good, 5, { ...good, event_id: '$two' }] })).map(({ kind }) => kind);
    expect(kinds).toEqual(['matrix.event', 'matrix.malformed', 'matrix.event']);
  });

  test('a transaction whose events are no list is one such entry', () => {
    expect(drafts('{"events":{"0":{}}}')).toMatchObject([{ kind: 'matrix.malformed' }]);
  });
});

describe('the body of a transaction', () => {
  test.each([['{}'], ['{"events":[]}'], [' { "ephemeral" : [] } ']])('%s brings nothing', (json) => {
    expect(parseTransaction(new TextEncoder().encode(json))).toMatchObject({ ok: true, value: { events: [] } });
  });

  test.each([[''], ['{'], ['{"events":['], ['[]'], ['null'], ['7'], ['\ufeff{}']])('%p is none', (json) => {
    expect(parseTransaction(new TextEncoder().encode(json)).ok).toBe(false);
  });

  test('bytes that are no UTF-8 are none', () => {
    expect(parseTransaction(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])).ok).toBe(false);
  });

  test('of two lists of events the last one counts, as for any reader of JSON', () => {
    const found = drafts(`{"events":[1,2],"\\u0065vents":[${JSON.stringify(good)}]}`);
    expect(found).toMatchObject([{ kind: 'matrix.event' }]);
  });

  test.each([['{"ephemeral":[{"type":"m.typing"}]}'], ['{"de.sorunome.msc2409.ephemeral":[{"type":"m.typing"}]}']])(
    '%s brings typing for the library, and nothing for the record',
    (json) => {
      const parsed = parseTransaction(new TextEncoder().encode(json));
      expect(parsed).toEqual({ ok: true, value: { events: [], ephemeral: [{ type: 'm.typing' }] } });
    },
  );
});
