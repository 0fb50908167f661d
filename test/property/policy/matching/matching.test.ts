import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { buildAutomaton } from '../../../../src/policy/matching/aho-corasick.ts';
import { compilePatterns } from '../../../../src/policy/matching/pattern-set.ts';
import { buildWordFinder } from '../../../../src/policy/matching/word-finder.ts';

const letters = fc.constantFrom('a', 'b', ' ', 'ä', "'", '1', '-');
const text = fc.string({ unit: letters, maxLength: 60 });
const literal = fc.string({ unit: letters, minLength: 1, maxLength: 5 });

/** One literal after the other, from every place. */
function slowly(literals: readonly string[], searched: string): readonly string[] {
  const found: string[] = [];
  for (const [index, one] of literals.entries()) {
    for (let at = searched.indexOf(one); at !== -1; at = searched.indexOf(one, at + 1))
      found.push(`${index} ${at + one.length}`);
  }
  return found.sort();
}

function isBound(searched: string, at: number): boolean {
  const word = /[\p{L}\p{N}]/u;
  return !(word.test(searched.charAt(at - 1)) && word.test(searched.charAt(at)));
}

describe('Matching', () => {
  test('an automaton finds what a slow search for one literal after the other finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(literal, { maxLength: 12 }), text, (literals, searched) => {
        const automaton = buildAutomaton(literals);
        const found: string[] = [];
        if (automaton.ok) automaton.value.scan(searched, (index, end) => found.push(`${index} ${end}`));
        expect(found.sort()).toEqual(slowly(literals, searched));
      }),
    );
  });

  test('words are found where a slow search finds them whole', () => {
    const word = literal.map((one) => one.trim()).filter((one) => one !== '' && !one.includes('  '));
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 8 }), text, (terms, searched) => {
        const finder = buildWordFinder([terms]);
        const hits = finder.ok ? (finder.value.find(searched)[0]?.hits ?? []) : [];
        const whole = slowly(terms, searched).filter((one) => {
          const [term = 0, end = 0] = one.split(' ').map(Number);
          return isBound(searched, end) && isBound(searched, end - (terms[term] ?? '').length);
        });
        expect(hits.map(({ term, end }) => `${term} ${end}`).sort()).toEqual(whole);
      }),
    );
  });

  test('patterns stand where the engine of the language finds them, however long the text', () => {
    const pattern = fc.constantFrom('a+b', '[0-9]{2}', 'a-?a', 'ba|ab', "'a*'");
    const long = fc
      .array(fc.string({ unit: letters, maxLength: 40 }), { maxLength: 300 })
      .map((parts) => parts.join('~'.repeat(70)));
    fc.assert(
      fc.property(pattern, long, (source, searched) => {
        const set = compilePatterns([source]);
        const located = set.ok ? set.value.locate(0, searched) : { spans: [], cut: false };
        const expected = [...searched.matchAll(new RegExp(source, 'g'))].map(({ index, 0: { length } }) => ({
          start: index,
          end: index + length,
        }));
        expect(located.spans).toEqual(expected.slice(0, located.spans.length));
        expect(located.cut || located.spans.length === expected.length).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('patterns of literal texts, groups and alternatives stand where RE2 finds them in the whole text', () => {
    const { pattern } = fc.letrec<{ part: string; pattern: string }>((tie) => ({
      part: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('a', 'b', 'c ', 'ab', '[bc]', '.', ' '),
        fc
          .tuple(tie('pattern'), fc.constantFrom('', '?', '+', '*', '{1,2}', '??'))
          .map(([inside, often]) => `(?:${inside})${often}`),
        fc.constantFrom('a?', 'b+', 'c*', 'b??', 'a{2}'),
      ),
      pattern: fc
        .array(fc.array(tie('part'), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
        .map((alternatives) => alternatives.map((parts) => parts.join('')).join('|')),
    }));
    const searched = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 80 });
    fc.assert(
      fc.property(fc.constantFrom('ab', 'ca', 'b c'), pattern, searched, (first, rest, text) => {
        const source = `${first}(?:${rest})`;
        const set = compilePatterns([source]);
        const expected = [...RE2JS.compile(source).matchAll(text)].map(({ index = 0, 0: { length } }) => ({
          start: index,
          end: index + length,
        }));
        expect(set.ok && set.value.locate(0, text).spans).toEqual(expected);
      }),
    );
  });

  test('any text at all is searched without an exception', () => {
    const finder = buildWordFinder([['call my cell', 'a _ b', 'guarante*', 'über']]);
    const set = compilePatterns(['\\ba.+b\\b', '[^a]{3}', '\\p{L}\\d', 'x$']);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.array(fc.nat(0xffff), { maxLength: 50 }),
        (whole, units) => {
          const any = whole + String.fromCharCode(...units);
          if (!finder.ok || !set.ok) throw new Error('these compile');
          const { value } = set;
          finder.value.find(any);
          for (const index of value.among(any)) {
            for (const { start, end } of value.locate(index, any).spans)
              expect(start >= 0 && start < end && end <= any.length).toBe(true);
          }
        },
      ),
    );
  });
});
