import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isJsonObject, parseJson, type JsonObject } from '../../../../src/core/json.ts';
import { messageGoingOut, messageOf } from '../../../../src/policy/judging/message-of.ts';
import { said } from '../../../unit/policy/judging/made-entries.ts';

const types = fc.constantFrom(
  ...['m.room.message', 'm.sticker', 'm.poll.start', 'org.matrix.msc3381.poll.start', 'm.reaction', 'm.room.topic'],
  ...['m.room.name', 'm.room.encrypted', 'm.room.member', '__proto__', 'constructor'],
);
const keys = fc.constantFrom(
  ...[
    'msgtype',
    'body',
    'formatted_body',
    'filename',
    'url',
    'file',
    'm.new_content',
    'm.relates_to',
    'rel_type',
    'key',
  ],
  ...['m.poll', 'question', 'answers', 'm.text', 'org.matrix.msc1767.text', 'topic', 'm.topic', 'name', '__proto__'],
);
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('m.text', 'm.image', 'm.file', 'm.replace', 'm.location', '4111 1111 1111 1111', 'mxc://a.example/b'),
  fc.constantFrom(
    '<b>',
    '<mx-reply><blockquote>',
    '&#x;',
    '<p style="display:none">x',
    '<'.repeat(300),
    '\ud800',
    '> a',
  ),
);
const { content } = fc.letrec<{ value: unknown; content: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    texts,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    tie('content'),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
  content: fc.dictionary(keys, tie('value'), { maxKeys: 8 }).map(asJson),
}));

function asJson(made: unknown): JsonObject {
  const json = parseJson(JSON.stringify(made));
  return isJsonObject(json) ? json : {};
}

describe('Whatever an event holds', () => {
  test('it is judged by what it says, or not at all, and the same way each time', () => {
    fc.assert(
      fc.property(types, content, (type, holds) => {
        const message = messageOf(said(holds, { type }));
        if (message === undefined) return;
        expect(message.pieces.length + message.unread.length).toBeGreaterThan(0);
        expect(message.content).toMatch(/^[0-9a-f]{64}$/u);
        expect(messageOf(said(holds, { type }))?.content).toBe(message.content);
        for (const { text, quoted } of message.pieces) {
          for (const { start, end } of quoted) expect(0 <= start && start < end && end <= text.length).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what goes out is judged, as it goes out', () => {
    fc.assert(
      fc.property(types, content, texts, (type, holds, text) => {
        const message = messageGoingOut(said(holds, { type }), text);
        expect(message.pieces.map((piece) => piece.text)).toEqual([text]);
        expect(message.content).toMatch(/^[0-9a-f]{64}$/u);
      }),
    );
  });
});
