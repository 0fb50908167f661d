import { describe, expect, test } from '@jest/globals';
import { readLexiconFile } from '../../../../src/policy/rules/lexicon-file.ts';

function read(text: string, name = 'config/lexicons/off-channel-en.txt') {
  return readLexiconFile({ name, text, is: 'lexicon' });
}

describe('a lexicon', () => {
  test('is called like its file, and gives each term with its reason', () => {
    const text = '# language: en\n# for people\n\ncall  my cell | leaves the record\nguarante* | promises | a lot\n';
    expect(read(text)).toEqual({
      ok: true,
      value: {
        id: 'off-channel-en',
        language: 'en',
        terms: [
          { term: 'call my cell', why: 'leaves the record' },
          { term: 'guarante*', why: 'promises | a lot' },
        ],
      },
    });
  });

  test('may come from a computer that ends lines otherwise and marks its byte order', () => {
    const same = read('# language: de\nruf mich an | weg\n');
    expect(read('\u{feff}# Language: de\r\nruf mich an | weg\r\n')).toEqual(same);
    expect(same.ok).toBe(true);
  });

  test.each([
    ['no language', 'a b | c', 1, 'does not say its language'],
    ['no terms', '# language: en\n', 1, 'has no terms'],
    ['no reason', '# language: en\na b', 2, '"a b" has no reason'],
    ['an empty reason', '# language: en\na b |  ', 2, '"a b" has no reason'],
    ['no term', '# language: en\n| c', 2, 'has no term'],
    ['a star inside', '# language: en\ngua*tee | c', 2, 'has a * inside'],
    ['a star after little', '# language: en\ncall my g* | c', 2, 'would find almost everything'],
    ['room before', '# language: en\n_ cell | c', 2, 'begins or ends with _'],
    ['room after', '# language: en\ncall _ | c', 2, 'begins or ends with _'],
    ['room in a word', '# language: en\ncall_my cell | c', 2, 'has a _ inside a word'],
    ['twice room', '# language: en\ncall _ _ cell | c', 2, 'two _ side by side'],
    ['a term twice', '# language: en\nCall me | c\ncall  ME | d', 3, 'stands in line 2 already'],
    ['a long term', `# language: en\n${'a'.repeat(201)} | c`, 2, 'the term is longer than 200'],
    ['a long reason', `# language: en\na b | ${'c'.repeat(501)}`, 2, 'the reason is longer than 500'],
  ])('with %s is refused', (_what, text, line, message) => {
    expect(read(text)).toEqual({
      ok: false,
      error: [
        expect.objectContaining({
          file: `config/lexicons/off-channel-en.txt:${String(line)}`,
          message: expect.stringContaining(message),
          fix: expect.stringMatching(/./u),
        }),
      ],
    });
  });

  test('whose name no rule can write is refused', () => {
    expect(read('# language: en\na b | c', 'Off Channel.txt')).toEqual({
      ok: false,
      error: [expect.objectContaining({ file: 'Off Channel.txt:1' })],
    });
  });

  test('has at most 20,000 terms, and at most 50 problems are told', () => {
    const lines = (n: number): string =>
      `# language: en\n${Array.from({ length: n }, (_, i) => `t ${String(i)} | c`).join('\n')}`;
    expect(read(lines(20_000)).ok).toBe(true);
    expect(read(lines(20_001))).toEqual({
      ok: false,
      error: [expect.objectContaining({ message: 'has more than 20000 terms' })],
    });
    const wrong = read(lines(200).replaceAll(' | c', ''));
    expect(wrong.ok ? 0 : wrong.error.length).toBe(50);
  });
});
