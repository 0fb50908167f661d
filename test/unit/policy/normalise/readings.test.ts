import { describe, expect, test } from '@jest/globals';
import { toOriginal } from '../../../../src/policy/normalise/offsets.ts';
import { readingsOf } from '../../../../src/policy/normalise/readings.ts';

function runs(text: string): readonly string[] {
  return readingsOf(text).digits.map(({ digits, written }) => `${digits} ${written}`);
}

describe('The digits of a text', () => {
  const cases: readonly (readonly [what: string, text: string, runs: readonly string[]])[] = [
    ['in one piece', 'at 4711 ok', ['4711 plain']],
    ['in groups', '4111 1111-1111.1111', ['4111111111111111 grouped']],
    ['in brackets and on lines', '(030)\n12/34_56', ['030123456 grouped']],
    ['one by one', '4 1 1 1', ['4111 spaced']],
    ['with three signs between', '41 - 11', ['4111 grouped']],
    ['with four signs between', '41 -- 11', ['41 plain', '11 plain']],
    ['with a word between', '41 and 11', ['41 plain', '11 plain']],
    ['with a letter of another script between', '41好11', ['41 plain', '11 plain']],
    ['with emoji between', '4⭐1⭐1', ['411 spaced']],
    ['with said separators between', '41 dot 11 dash 12 punkt 13', ['41111213 grouped']],
    ['in letters and digits', 'order41x11', ['41 plain', '11 plain']],
    ['said', 'four one oh nine', ['4109 spelled']],
    ['said twice and thrice', 'double four, triple 1', ['44111 spelled']],
    ['said as tens', 'forty-two eleven twenty', ['421120 spelled']],
    ['said in German', 'zwei fünf fuenfzig einundvierzig dreißig', ['25504130 spelled']],
    ['said in French', 'quatre-vingt-dix-sept soixante et onze dix-huit', ['977118 spelled']],
    ['said in Spanish', 'treinta y uno veintidós cero', ['31220 spelled']],
    ['said beside digits', '4one1 one', ['4111 spelled']],
    ['with letters for digits', '4O1l S5 2', ['4011552 disguised']],
    ['with letters between digits only', 'ol 41 lol', ['41 plain']],
    ['with bars for ones', '41||11', ['411111 disguised']],
    ['with bars between', '4|1|1|1', ['4111 spaced']],
    ['of other scripts', '٤١١', ['411 disguised']],
    ['with something hidden in them', '4\u200b11', ['411 disguised']],
    ['alone', 'a 4 b', []],
    ['in none', 'hello', []],
    ['in Roman numerals', 'IV I I', []],
  ]; // prettier-ignore
  test.each(cases)('%s', (_, text, expected) => {
    expect(runs(text)).toEqual(expected);
  });

  test('have their places in the original', () => {
    const text = 'card ４１ and  four１';
    const { plain, digits } = readingsOf(text);
    const places = digits.flatMap((run) => run.places.map((place) => toOriginal(plain, place)));
    expect(places.map(({ start, end }) => text.slice(start, end))).toEqual(['４', '１', 'four', '１']);
  });

  test('that are many are told in windows of 64, each half over the one before', () => {
    const { digits } = readingsOf('0123456789'.repeat(13));
    expect(digits.map((run) => run.digits.length)).toEqual([64, 64, 64, 34]);
    expect(digits.map((run) => run.start)).toEqual([0, 32, 64, 96]);
  });
});

describe('Words without disguise', () => {
  const cases: readonly (readonly [text: string, read: string | undefined])[] = [
    ['c4ll my c3ll', 'call my cell'],
    ['wh@ts@pp', 'whatsapp'],
    ['ca11 me', 'call me'],
    ['s1gnal!', 'signal!'],
    ['c.a.l.l m.y', 'call my'],
    ['c a l l  m y', 'call my'],
    ['c-4-l-l', 'call'],
    ['c a l l\nm e n o w', 'call menow'],
    ['e.g. this', undefined],
    ['bob@acme.example', undefined],
    ['https://a.example/b4d', undefined],
    ['4111 1111', undefined],
    ['1 2 3 4 5', undefined],
    ['', undefined],
  ]; // prettier-ignore
  test.each(cases)('%s', (text, read) => {
    expect(readingsOf(text).leet?.folded).toBe(read);
  });

  test('have their places in the original', () => {
    const text = 'so, c.a.l.l me';
    const { leet } = readingsOf(text);
    const start = leet?.folded.indexOf('call') ?? -1;
    const span = toOriginal(leet ?? readingsOf('').plain, { start, end: start + 4 });
    expect(text.slice(span.start, span.end)).toBe('c.a.l.l');
    expect(leet?.tricks).toEqual(['spaced-out']);
  });
});

describe('Reading a text takes time in proportion to its length', () => {
  /** The longest text of a message, in CPU time: some 20 ms. What grows with the square of the length takes many seconds. */
  const parts = ['4 ', '4\n\n', 'a.', 'a.b ', 'c4', 'one ', 'ten dash ', 'a\u200b', 'сж', '\ufdfa', '🇩', '://', '4l', '|4', '\u202e', 'z\u0336']; // prettier-ignore

  test.each(parts)('%j over and over', (part) => {
    const text = part.repeat(Math.ceil(65_536 / part.length));
    const start = process.cpuUsage().user;
    readingsOf(text);
    expect(process.cpuUsage().user - start).toBeLessThan(2_000_000);
  });
});
