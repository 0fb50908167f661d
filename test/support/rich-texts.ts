/** Rich texts for property tests: full of signs that networks use as markup, of pairs, and of marks at any place. */
import fc from 'fast-check';
import { normalised } from '../../src/core/rich-text-normal.ts';
import { endOf, isInline } from '../../src/core/rich-text-kinds.ts';
import type { Mark, RichText } from '../../src/core/rich-text.ts';

const PIECES = [
  ...['*', '_', '~', '`', '```', '>', '> ', '- ', '* ', '1. ', '2.', '\n', '\n\n', ' ', '  ', '\t'],
  ...['a', 'word', 'é', 'ß', '😀', '👨‍👩‍👧', '日本', 'مرحبا', '\u200b', '\u2060', '\ufffc', '(', ')', '.', ',', '#'],
  ...['https://a.example/_x_', 'https://a.example', '<b>', '&amp;', '</blockquote>', '@room', '*bold*', '_it_', '``'],
];

export const hostileText = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary', maxLength: 3 })), {
    maxLength: 24,
  })
  .map((pieces) => pieces.join('').toWellFormed());

const place = fc.record({ start: fc.integer({ min: -3, max: 60 }), length: fc.integer({ min: -2, max: 30 }) });
const href = fc.constantFrom(
  ...['https://a.example/x', 'http://b.example', 'mailto:a@b.example', 'tel:+12025550199'],
  ...['javascript:alert(1)', 'https://', 'data:text/html,x', 'https://a.example/\u202e', 'matrix:u/a:b', 'x'],
);

export const anyMark: fc.Arbitrary<Mark> = fc.oneof(
  fc
    .tuple(place, fc.constantFrom('bold', 'italic', 'underline', 'strike', 'code', 'spoiler'))
    .map(([at, as]) => ({ ...at, as })),
  fc.tuple(place, href).map(([at, to]) => ({ ...at, as: 'link' as const, href: to })),
  fc.tuple(place, fc.constantFrom(undefined, 'ts', 'a b', '')).map(([at, language]) => ({
    ...at,
    as: 'pre' as const,
    ...(language !== undefined && { language }),
  })),
  place.map((at) => ({ ...at, as: 'quote' as const })),
  fc.tuple(place, fc.constantFrom(1, 2, 6)).map(([at, level]) => ({ ...at, as: 'heading' as const, level })),
  fc.tuple(place, fc.integer({ min: -1, max: 12 }), fc.constantFrom(undefined, 1, 7)).map(([at, depth, ordinal]) => ({
    ...at,
    as: 'item' as const,
    depth,
    ...(ordinal !== undefined && { ordinal }),
  })),
);

export function richOf(text: fc.Arbitrary<string>): fc.Arbitrary<RichText> {
  return fc.tuple(text, fc.array(anyMark, { maxLength: 8 })).map(([words, marks]) => normalised(words, marks));
}

export const hostileRich = richOf(hostileText);

/** Inline marks that begin and end at words, none crossing another: what every signed network can say. */
export const calmRich: fc.Arbitrary<RichText> = fc
  .tuple(
    fc.array(
      fc.array(fc.tuple(fc.constantFrom('one', 'zwei', 'été', '😀x'), marksOfWord()), { minLength: 1, maxLength: 5 }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    fc.array(fc.constantFrom<'plain' | 'quote' | 'item'>('plain', 'quote', 'item'), { minLength: 4, maxLength: 4 }),
  )
  .map(([lines, blocks]) => calm(lines, blocks));

function marksOfWord(): fc.Arbitrary<readonly ('bold' | 'italic' | 'strike' | 'code')[]> {
  return fc.constantFrom<readonly ('bold' | 'italic' | 'strike' | 'code')[]>(
    ...[[], [], ['bold'] as const, ['italic'] as const, ['strike'] as const, ['code'] as const],
    ...[['bold', 'italic'] as const, ['italic', 'strike'] as const],
  );
}

type CalmWord = readonly [string, readonly ('bold' | 'italic' | 'strike' | 'code')[]];

function calm(lines: readonly (readonly CalmWord[])[], blocks: readonly ('plain' | 'quote' | 'item')[]): RichText {
  let text = '';
  const marks: Mark[] = [];
  for (const [index, words] of lines.entries()) {
    if (index > 0) text += '\n';
    const start = text.length;
    for (const [nth, [word, kinds]] of words.entries()) {
      if (nth > 0) text += ' ';
      for (const as of kinds) marks.push({ as, start: text.length, length: word.length });
      text += word;
    }
    const length = text.length - start;
    if (blocks[index] === 'quote') marks.push({ as: 'quote', start, length });
    if (blocks[index] === 'item') marks.push({ as: 'item', start, length, depth: 1 });
  }
  return normalised(text, marks);
}

/** Which units bear a mark of this kind; of inline marks those of white space don't count. */
export function unitsOf(rich: RichText, as: Mark['as']): ReadonlySet<number> {
  const units = new Set<number>();
  for (const mark of rich.marks) {
    if (mark.as !== as) continue;
    for (let at = mark.start; at < endOf(mark); at += 1) {
      if (!isInline(mark) || !/\s/u.test(rich.text.charAt(at))) units.add(at);
    }
  }
  return units;
}

/** The same rich text without invisible guards, so that places can be compared. */
export function guardless(rich: RichText): RichText {
  const places: number[] = [];
  let text = '';
  for (const char of rich.text.split('')) {
    places.push(text.length);
    if (char !== '\u2060') text += char;
  }
  places.push(text.length);
  const marks = rich.marks.flatMap((mark): Mark[] => {
    const start = places[mark.start] ?? 0;
    const length = (places[endOf(mark)] ?? text.length) - start;
    return length > 0 ? [{ ...mark, start, length }] : [];
  });
  return { text, marks };
}
