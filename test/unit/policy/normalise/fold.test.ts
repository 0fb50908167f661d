import { describe, expect, test } from '@jest/globals';
import { disclaimersIn } from '../../../../src/policy/normalise/disclaimers.ts';
import { fold } from '../../../../src/policy/normalise/fold.ts';
import { lookAlikes } from '../../../../src/core/look-alikes.ts';
import { toOriginal } from '../../../../src/policy/normalise/offsets.ts';
import type { Trick } from '../../../../src/policy/normalised.ts';

describe('A text is folded', () => {
  const cases: readonly (readonly [what: string, text: string, folded: string, tricks: readonly Trick[]])[] = [
    ['to lower case', 'Call ME', 'call me', []],
    ['without more than one space', 'a \t b\r\n\nc\u00a0\u2003d', 'a b c d', []],
    ['with accents left out', 'Über Café, señor: Ångström', 'uber cafe, senor: angstrom', []],
    ['with ß, æ and œ as two letters', 'Straße Æsop cœur', 'strasse aesop coeur', []],
    ['with strokes left out', 'Łódź Øre đ ħ', 'lodz ore d h', []],
    ['with accents that are characters of their own', 'e\u0301a\u0308', 'ea', ['combining']],
    ['with marks piled up', 'z\u0336\u0335\u0301a', 'za', ['combining']],
    ['full-width', 'ＣＡＬＬ　４１', 'call 41', ['full-width']],
    ['from ligatures', 'oﬃce', 'office', []],
    ['from mathematical letters', '𝗖𝖺𝓁𝕝', 'call', ['look-alike']],
    ['from circles and squares', 'ⓒⒶ🅻🅛', 'call', ['look-alike']],
    ['from small capitals', 'ᴄᴀʟʟ', 'call', ['look-alike']],
    ['from upside down', 'ɔɐll', 'call', ['look-alike']],
    ['from flags', '🇨🇦🇱🇱', 'call', []],
    ['with a flag apart from its neighbours', 'hi🇩🇪so', 'hi de so', []],
    ['from Cyrillic in a Latin word', 'саll', 'call', ['look-alike']],
    ['from Cyrillic alone, where all of it looks Latin', 'сору', 'copy', []],
    ['from Cyrillic that cannot be Latin to itself', 'Пароль Дома', 'пароль дома', []],
    ['from Greek in a Latin word', 'cαll', 'call', ['look-alike']],
    ['from Greek capitals by their own look', 'ΗΑΝΤ', 'hant', []],
    ['from Cherokee and Armenian', 'Ꮯаll ցօ', 'call go', ['look-alike']],
    ['with digits of all scripts', '٤१①❶⓿₁', '41110' + '1', []],
    ['with keycaps', '4️⃣1️⃣', '41', ['invisible', 'combining']],
    ['with a digit never a letter', '0 1 5 8', '0 1 5 8', []],
    ['with Cyrillic that looks like a digit left as it is', 'З', 'з', []],
    ['with what cannot be seen left out', 'c\u200ba\u00adl\u2060l', 'call', ['invisible']],
    ['with joiners of emoji no trick', '👩‍👩‍👧 ok', '👩👩👧 ok', []],
    ['with tags left out', 'ok\u{e0041}\u{e0042}', 'ok', ['invisible']],
    ['with bidi controls left out and noted', 'a\u202eb\u202c', 'ab', ['bidi']],
    ['with one kind of dash', 'a–b—c−d‑e', 'a-b-c-d-e', []],
    ['with one kind of quotation mark', '“don’t”', '"don\'t"', []],
    ['with halves of pairs replaced', 'a\ud83db', 'a\ufffdb', []],
    ['in other scripts as it stands', '你好 नमस्ते カタカナー', '你好 नमस्ते カタカナー', []],
    ['with controls left out', 'a\u0000b\u007f', 'ab', ['invisible']],
    ['each word by itself, where a note of music stands between them', '\u048e\u{1d15e}\u03b5', '\u048f\u{1d157}\u{1d165}e', []],
    ['from nothing', '', '', []],
  ]; // prettier-ignore
  test.each(cases)('%s', (_, text, folded, tricks) => {
    expect(fold(text).folded).toBe(folded);
    expect([...fold(text).tricks].sort()).toEqual([...tricks].sort());
  });

  test('to itself, with no table of offsets, where it is ASCII', () => {
    expect(fold('Call me\tat 5\nok').at).toBeUndefined();
    expect(fold('Call  me').at).toBeDefined();
  });

  test('to four times its length at most', () => {
    expect(fold('\ufdfa'.repeat(1_000)).folded.length).toBeLessThanOrEqual(4_000);
  });

  test('by more than four hundred look-alikes, each in one place, none of them a digit', () => {
    const points = Object.values(lookAlikes).flatMap((row) => row.split(' '));
    expect(points.length).toBeGreaterThanOrEqual(400);
    expect(new Set(points).size).toBe(points.length);
    const digits = points.filter((point) => /\p{Nd}/u.test(String.fromCodePoint(Number.parseInt(point, 16))));
    expect(digits).toEqual([]);
  });
});

describe('A part of the folded text is shown in the original', () => {
  const cases: readonly (readonly [what: string, text: string, part: string, shown: string])[] = [
    ['as it stands', 'please Call me', 'call', 'Call'],
    ['behind a wider gap', 'please   Call me', 'call', 'Call'],
    ['with what cannot be seen inside', 'please c\u200ball me', 'call', 'c\u200ball'],
    ['with its marks', 'e\u0301te\u0301!', 'ete', 'e\u0301te\u0301'],
    ['as a ligature, whole', 'oﬃce', 'fi', 'ﬃ'],
    ['as ß, whole', 'Straße', 's', 'S'],
    ['in pairs of surrogates', 'ok 𝗰𝗮𝗹𝗹 me', 'call', '𝗰𝗮𝗹𝗹'],
    ['as an emoji, whole', 'a  👩‍👩‍👧 b', '👩', '👩‍👩‍👧'],
    ['with its skin tone', 'a  👍🏽 b', '👍', '👍🏽'],
    ['as keycaps', '1️⃣2️⃣ ', '12', '1️⃣2️⃣'],
  ];
  test.each(cases)('%s', (_, text, part, shown) => {
    const folding = fold(text);
    const start = folding.folded.indexOf(part);
    const span = toOriginal(folding, { start, end: start + part.length });
    expect(text.slice(span.start, span.end)).toBe(shown);
  });

  test('and an empty part is empty', () => {
    expect(toOriginal(fold('a\u200bb'), { start: 1, end: 1 })).toEqual({ start: 2, end: 2 });
    expect(toOriginal(fold('ab'), { start: 1, end: 1 })).toEqual({ start: 1, end: 1 });
  });
});

describe('A disclaimer', () => {
  const disclaimer = 'This message is confidential. If you are not the intended recipient, delete it.';

  function left(text: string, ...given: readonly string[]): string {
    const spans = disclaimersIn(fold(text), given);
    return spans.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
  }

  test('is left out to the end of its paragraph, wrapped or not', () => {
    expect(left(`Hello\n${disclaimer}`, disclaimer)).toBe('Hello\n');
    expect(
      left(`Hello\n  This MESSAGE is\nconfidential. If  you are not the intended recipient, delete\nit.`, disclaimer),
    ).toBe('Hello\n  ');
  });

  test('takes nothing with it that is written before it on its line, or in another paragraph', () => {
    expect(left(`card 4111 ${disclaimer}`, disclaimer)).toContain('This message');
    expect(left(`${disclaimer}\n\ncard 4111`, disclaimer)).toBe('\n\ncard 4111');
  });

  test('that is empty leaves nothing out', () => {
    expect(left('Hello', '', '  ')).toBe('Hello');
  });
});
