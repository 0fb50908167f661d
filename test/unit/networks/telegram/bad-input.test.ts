import { describe, expect, test } from '@jest/globals';
import { parseRemoteId, must } from '../../../../src/core/ids.ts';
import { chatIdOf, placeOf, remoteIdOf } from '../../../../src/networks/telegram/addresses.ts';
import { updateOf } from '../../../../src/networks/telegram/decode.ts';
import { updateSlices } from '../../../../src/networks/telegram/slices.ts';
import { one, read } from './read.ts';

const base = { message_id: 3, date: 1_800_000_000, chat: { id: 7, type: 'private' }, from: { id: 7 } };

describe('what makes no sense', () => {
  test.each([
    'null',
    '[]',
    '7',
    '{}',
    '{"update_id":"7"}',
    '{"update_id":1.5}',
    '{"update_id":-1}',
    '{"update_id":1e300}',
    '{"update_id":1',
    '',
  ])('%s has no number', (text) => {
    expect(updateOf(Buffer.from(text))).toBeUndefined();
  });

  test.each([
    { message: null },
    { message: [] },
    { message: { ...base, chat: undefined } },
    { message: { ...base, chat: { id: '7' } } },
    { message: { ...base, message_id: 'x' } },
    { message: { ...base, date: -1 } },
    { message: { ...base, from: { id: 2 ** 60 } } },
    { message: { ...base, text: 7 } },
    { message_reaction: { chat: { id: 7 } } },
    { message_reaction: { ...base, new_reaction: [{ type: 'smell' }] } },
    { deleted_business_messages: { business_connection_id: 'bc1', chat: { id: 7 }, message_ids: [] } },
    { my_chat_member: {} },
    { business_connection: { id: 7 } },
    { something_new: { a: 1 } },
    {},
  ])('%j is on record as what it is', (held) => {
    expect(one({ update_id: 9, ...held })).toMatchObject({ kind: 'unsupported', sure: true });
  });

  test.each([
    { text: 'ok', entities: 'bold' },
    {
      text: 'ok',
      entities: [
        null,
        7,
        { type: 'bold' },
        { type: 'bold', offset: -5, length: 99 },
        { type: 5, offset: 0, length: 1 },
      ],
    },
    { text: 'ok', entities: [{ type: 'text_link', offset: 0, length: 2, url: 'javascript:alert(1)' }] },
    { text: 'ok', reply_to_message: 'x', quote: 7, forward_origin: [], via_bot: null, media_group_id: 5 },
  ])('a text beside %j is still read', (content) => {
    const event = one({ update_id: 9, message: { ...base, ...content } });
    expect(event).toMatchObject({ kind: 'message', message: { text: 'ok' } });
    expect(JSON.stringify(event)).not.toContain('javascript');
  });

  test('two updates under one number are two things', () => {
    const strange = (held: object) => one({ update_id: 9, ...held }).id;
    expect(strange({ odd: 1 })).not.toBe(strange({ odd: 2 }));
    expect(strange({ odd: 1 })).toBe(strange({ odd: 1 }));
  });

  test('a message without a number is recorded, and nothing can name it', () => {
    const events = read({ update_id: 9, message: { ...base, message_id: 0, text: 'soon gone' } });
    expect(events).toMatchObject([{ kind: 'message', id: 'update/9/1800000000', message: { text: 'soon gone' } }]);
    expect(events[0]).not.toHaveProperty('message.remoteId');
  });
});

describe('an answer with updates is cut where they end', () => {
  const cut = (text: string) => updateSlices(Buffer.from(text))?.map((slice) => Buffer.from(slice).toString('utf8'));

  test('byte for byte, whatever is in them', () => {
    const items = ['{"update_id":1,"a":"],\\"[{é😀"}', '{ "b" : [1, [2]] , "c":{"result":[9]}}', 'null', '"x,]"'];
    expect(cut(`{"ok":true,"result":[${items.join(',\n')}]}`)).toEqual(items);
    expect(cut(`{"result" : [ ${items[0] ?? ''} ] ,"ok":true}`)).toEqual([items[0]]);
  });

  test('also where there is none, or no list', () => {
    expect(cut('{"ok":true,"result":[]}')).toEqual([]);
    expect(cut('{"ok":true,"result":true}')).toBeUndefined();
    expect(cut('{"ok":true,"x":{"result":[1]},"y":"\\"result\\":["}')).toBeUndefined();
  });
});

describe('ids', () => {
  test.each([
    { chat: 7, message: 3 },
    { chat: -1001234567890, message: 99 },
    { chat: 7, message: 3, account: 900 },
  ])('%j is named and found again', (place) => {
    expect(placeOf(remoteIdOf(place))).toEqual(place);
  });

  test.each(['x', '7', '7/', '/3', '7/3/4', 'a:7/3', '7/-3'])('%s is no id of ours', (id) => {
    expect(placeOf(must(parseRemoteId(id)))).toBeUndefined();
  });

  test.each(['tg:', 'tg:0', 'tg:07', 'tg:--7', 'tg:7x', '7', '@acmebot', 'tg:99999999999999999'])(
    '%s is no chat',
    (text) => {
      expect(chatIdOf(text)).toBeUndefined();
    },
  );
});
