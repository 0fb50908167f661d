import { describe, expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../../src/core/ids.ts';
import type { Span } from '../../../../src/policy/normalised.ts';
import { assemble, type Assembled } from '../../../../src/policy/normalise/assemble.ts';
import { visibleText } from '../../../../src/policy/normalise/html-text.ts';
import { quotedIn } from '../../../../src/policy/normalise/quotes.ts';
import { readingsOf } from '../../../../src/policy/normalise/readings.ts';
import { urlsIn } from '../../../../src/policy/normalise/urls.ts';

function parts(text: string, spans: readonly Span[]): readonly string[] {
  return spans.map(({ start, end }) => text.slice(start, end));
}

describe('What is quoted in a text', () => {
  const cases: readonly (readonly [text: string, quoted: readonly string[]])[] = [
    ['> a\n> b\nc', ['> a\n> b\n']],
    ['> <@bo:a.example> hi\n\nok\n>again', ['> <@bo:a.example> hi\n', '>again']],
    ['  > indented', ['  > indented']],
    ['     > five spaces', []],
    ['a > b', []],
    ['', []],
  ];
  test.each(cases)('%j', (text, quoted) => {
    expect(parts(text, quotedIn(text))).toEqual(quoted);
  });
});

describe('Addresses in a text', () => {
  const cases: readonly (readonly [text: string, urls: readonly string[]])[] = [
    ['see https://a.example/x?y=4111.', ['https://a.example/x?y=4111']],
    ['(http://a.example), www.b.example/c!', ['http://a.example', 'www.b.example/c']],
    ['<mxc://a.example/b> "ftp://c.example"', ['mxc://a.example/b', 'ftp://c.example']],
    ['https://www.a.example', ['https://www.a.example']],
    ['mailto:bo@a.example tel:+4930', ['mailto:bo@a.example', 'tel:+4930']],
    ['a :// b', []],
    ['no address', []],
  ];
  test.each(cases)('%s', (text, urls) => {
    expect(parts(text, urlsIn(text))).toEqual(urls);
  });
});

describe('The text of a formatted body', () => {
  const cases: readonly (readonly [what: string, html: string, text: string])[] = [
    ['is its text', '<b>41</b>11 &amp; <i>x</i>', '4111 & x'],
    ['has lines where a client has them', 'a<br>b<p>c</p><ul><li>d<li>e</ul>', 'a\nb\nc\nd\ne\n'],
    ['has what a spoiler hides', '<span data-mx-spoiler>4111</span>', '4111'],
    ['has the text of pictures', 'x <img alt="4111" title="1111">', 'x 4111 1111'],
    ['has no script and no style', '<style>a{}</style><script>b</script>c', 'c'],
    ['is read although it is broken', '<b>a<i>b</b>c</i>&#x34;&#49', 'abc41'],
    ['is read although it never ends', '<div '.repeat(1_000), ''],
  ];
  test.each(cases)('%s', (_, html, text) => {
    expect(visibleText(html).text).toBe(text);
  });

  test('tells what is quoted', () => {
    const { text, quoted } = visibleText('<mx-reply>old</mx-reply>new<blockquote>older</blockquote>');
    expect(parts(text, quoted).map((part) => part.trim())).toEqual(['old', 'older']);
  });

  test('tells what is hidden, apart from what stands beside it', () => {
    const { text, hidden } = visibleText('a<span style="FONT-SIZE: 0px">b</span>c<i hidden>d</i>');
    expect(text).toBe('a b c d ');
    expect(parts(text, hidden)).toEqual(['b', 'd']);
  });

  test('is bounded, and so is what is open in it', () => {
    expect(visibleText('a'.repeat(100_000)).text).toHaveLength(65_536);
    expect(visibleText(`${'<i>'.repeat(10_000)}x`).text).toBe('x');
  });
});

describe('Messages of one sender, read together', () => {
  const earlier = (...texts: readonly string[]) =>
    texts.map((text, n) => ({ of: must(parsePosition(100 - n)), text })).reverse().map((one, n) => ({ ...one, of: must(parsePosition(100 - n)) })); // prettier-ignore

  function together(newest: string, ...before: readonly string[]): Assembled | undefined {
    return assemble(newest, readingsOf(newest), earlier(...before));
  }

  test('are one text, the oldest first, with a number that goes over them', () => {
    const read = together('1111 1111', '4111', '1111');
    expect(read?.readings.plain.original).toBe('4111 1111 1111 1111');
    expect(read?.readings.digits).toMatchObject([{ digits: '4111111111111111', written: 'assembled' }]);
  });

  test('are not read where the newest has no part of anything', () => {
    const long = 'this one has quite a lot of words and not one figure';
    expect(together(long, '4111 1111')).toBeUndefined();
    expect(together(`${long} 11`, '4111 1111')).toBeDefined();
    expect(together('1111')).toBeUndefined();
  });

  test('say which messages a part is of, and where it is in the newest', () => {
    const read = together('my cell now', 'hello', 'call');
    const at = read?.readings.plain.folded.indexOf('call my cell') ?? -1;
    expect(read?.partsOf({ start: at, end: at + 12 })).toEqual({
      newest: { start: 0, end: 7 },
      before: [{ of: 100, fromEnd: 4, length: 4 }],
    });
    expect(read?.partsOf({ start: 0, end: 5 })).toEqual({
      newest: undefined,
      before: [{ of: 99, fromEnd: 5, length: 5 }],
    });
    expect(read?.partsOf({ start: 0, end: at + 12 }).before.map(({ of }) => of)).toEqual([99, 100]);
  });

  test('are five before at most, and the last 4,096 characters of each', () => {
    const read = together('1', ...Array.from({ length: 7 }, (_, n) => `${'x'.repeat(5_000)}${String(n)}`));
    expect(read?.readings.plain.original).toHaveLength(5 * 4_097 + 1);
    expect(read?.readings.plain.original).not.toContain('x1 ');
    expect(read?.readings.plain.original).toContain('x2 ');
  });
});
