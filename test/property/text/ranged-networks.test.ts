/** Telegram and Signal: markup beside the text, by ranges of UTF-16 units. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { endOf, isInline } from '../../../src/core/rich-text-kinds.ts';
import { isInPair } from '../../../src/core/rich-text-normal.ts';
import { linkSigns, spelledOut } from '../../../src/core/rich-text-plain.ts';
import { withInserted } from '../../../src/core/rich-text-edit.ts';
import { plainText } from '../../../src/core/rich-text.ts';
import { fromSignal, toSignal } from '../../../src/networks/text/signal.ts';
import { fromTelegram, toTelegram, type SentEntity } from '../../../src/networks/text/telegram.ts';
import { calmRich, hostileRich, hostileText, unitsOf } from '../../support/rich-texts.ts';

const anyEntity = fc.record(
  {
    type: fc.constantFrom('bold', 'italic', 'pre', 'code', 'text_link', 'blockquote', 'mention', 'toString', 'spoiler'),
    offset: fc.integer({ min: -5, max: 60 }),
    length: fc.integer({ min: -5, max: 60 }),
    url: fc.constantFrom('https://a.example', 'javascript:x', 'tg://user?id=1'),
    language: fc.constantFrom('ts', '<script>'),
  },
  { requiredKeys: ['type', 'offset', 'length'] },
);

const MONO = ['pre', 'code'];
const HARD = [...MONO, 'text_link'];

/** By Telegram's rules (Bot API, "Message entities can be nested"). */
function nestingFaults(entities: readonly SentEntity[]): readonly string[] {
  return entities.flatMap((a, index) =>
    entities
      .slice(index + 1)
      .filter((b) => a.offset < b.offset + b.length && b.offset < a.offset + a.length)
      .filter((b) => !mayShare(a, b))
      .map((b) => `${a.type} and ${b.type}`),
  );
}

function mayShare(a: SentEntity, b: SentEntity): boolean {
  const nests = holds(a, b) || holds(b, a);
  const types = [a.type, b.type];
  const alone = types.some((type) => MONO.includes(type)) && !types.includes('blockquote');
  const twice = a.type === b.type || types.every((type) => HARD.includes(type));
  return nests && !alone && !twice;
}

function holds(outer: SentEntity, inner: SentEntity): boolean {
  return outer.offset <= inner.offset && inner.offset + inner.length <= outer.offset + outer.length;
}

describe('entities of Telegram', () => {
  test('words stay, places lie in the text, and entities nest as Telegram wants', () => {
    fc.assert(
      fc.property(hostileRich, (rich) => {
        const { text, entities } = toTelegram(rich);
        const links = linkSigns(rich, (href) => !href.startsWith('http'));
        expect(text).toBe(spelledOut(withInserted(rich, links), ['item']).text);
        for (const { offset, length } of entities) {
          expect(offset >= 0 && length > 0 && offset + length <= text.length).toBe(true);
          expect(isInPair(text, offset) || isInPair(text, offset + length)).toBe(false);
        }
        expect(nestingFaults(entities)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('there and back what Telegram has stays marked', () => {
    fc.assert(
      fc.property(calmRich, (rich) => {
        const { text, entities } = toTelegram(rich);
        const back = fromTelegram(text, entities);
        expect(back.text).toBe(text);
        const sent = spelledOut(rich, ['item']);
        for (const as of ['bold', 'italic', 'strike', 'code', 'quote'] as const) {
          expect(unitsOf(back, as)).toEqual(unitsOf(sent, as));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what was typed has no entities, and its text is not touched', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(toTelegram(plainText(text))).toEqual({ text, entities: [] });
      }),
    );
  });

  test('entities of any kind at any place make no bad range', () => {
    fc.assert(
      fc.property(hostileText, fc.array(anyEntity, { maxLength: 10 }), (text, entities) => {
        const rich = fromTelegram(text, entities);
        expect(rich.text).toBe(text);
        for (const mark of rich.marks) {
          expect(mark.start >= 0 && mark.length > 0 && endOf(mark) <= text.length).toBe(true);
          expect(mark.as === 'link' ? mark.href : 'https://a.example').toBe('https://a.example');
        }
      }),
    );
  });
});

describe('styles of Signal', () => {
  test('words stay and places lie in the text', () => {
    fc.assert(
      fc.property(hostileRich, (rich) => {
        const { message, textStyle } = toSignal(rich);
        expect(message).toBe(spelledOut(rich, ['link', 'quote', 'item']).text);
        for (const style of textStyle) {
          const [start = -1, length = 0] = style.split(':').map(Number);
          expect(start >= 0 && length > 0 && start + length <= message.length).toBe(true);
          expect(style).toMatch(/^\d+:\d+:(?:BOLD|ITALIC|STRIKETHROUGH|MONOSPACE|SPOILER)$/u);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('there and back what Signal has stays marked', () => {
    fc.assert(
      fc.property(calmRich, (rich) => {
        const sent = spelledOut(rich, ['quote', 'item']);
        const { message, textStyle } = toSignal(rich);
        const styles = textStyle.map((style) => {
          const [start = '', length = '', name = ''] = style.split(':');
          return { style: name, start: Number(start), length: Number(length) };
        });
        const back = fromSignal(message, styles);
        for (const as of ['bold', 'italic', 'strike', 'code'] as const) {
          expect(unitsOf(back, as)).toEqual(unitsOf(sent, as));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what was typed has no styles, and its text is not touched', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(toSignal(plainText(text))).toEqual({ message: text, textStyle: [], mention: [] });
      }),
    );
  });

  test('styles and mentions at any place make no bad range', () => {
    const style = fc.record({
      style: fc.constantFrom('BOLD', 'SPOILER', 'NONE', 'constructor'),
      start: fc.integer({ min: -5, max: 60 }),
      length: fc.integer({ min: -5, max: 60 }),
    });
    const mention = fc.record({ start: fc.integer({ min: -2, max: 40 }), length: fc.constant(1), name: fc.string() });
    fc.assert(
      fc.property(hostileText, fc.array(style), fc.array(mention), (text, styles, mentions) => {
        const rich = fromSignal(text, styles, mentions);
        for (const mark of rich.marks.filter(isInline)) {
          expect(mark.start >= 0 && mark.length > 0 && endOf(mark) <= rich.text.length).toBe(true);
        }
      }),
    );
  });
});
