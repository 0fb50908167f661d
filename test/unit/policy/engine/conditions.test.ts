import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../../../../src/policy/rule.ts';
import { findingsIn, is, judgeOf, lexicons, message, contextOf, piece, rule, shown, verdict } from './made-rules.ts';

const pay = is.words('pay');
const self = is.words('self');

describe('Conditions of a rule', () => {
  const cases: readonly (readonly [what: string, when: Condition, text: string, found: readonly string[]])[] = [
    ['a detector', is.detector(), 'take B7 and c2', ['B7', 'c2']],
    ['a detector that must be sure', is.detector(0.85), 'take b7 and c2', ['b7']],
    ['a detector that finds nothing', is.detector(), 'take nothing', []],
    ['a lexicon', pay, 'Pay or WIRE', ['Pay', 'WIRE']],
    ['a lexicon, some of its terms', is.words('pay', 'wire'), 'pay or wire', ['wire']],
    ['the beginning of a word', self, 'it is privately ours', ['privately']],
    ['a pattern', is.pattern('\\bwire \\d+\\b'), 'Wire 500 now', ['Wire 500']],
    ['any, one of them', is.any(pay, self), 'call my cell', ['my cell']],
    ['any, both of them', is.any(pay, self), 'wire to my cell', ['wire', 'my cell']],
    ['any, none of them', is.any(pay, self), 'hello', []],
    ['any of nothing', is.any(), 'hello', []],
    ['all, both of them', is.all(pay, self), 'wire to my cell', ['wire', 'my cell']],
    ['all, one of them', is.all(pay, self), 'call my cell', []],
    [
      'all and any inside each other',
      is.all(is.any(pay, is.pattern('cash')), is.detector()),
      'cash for a7',
      ['cash', 'a7'],
    ],
    ['near, the next word', is.near(pay, self, 1), 'wire my cell', ['wire', 'my cell']],
    ['near, the other way round', is.near(self, pay, 1), 'wire my cell', ['wire', 'my cell']],
    ['near, too far', is.near(pay, self, 3), 'wire it over to my cell', []],
    ['near, just near enough', is.near(pay, self, 4), 'wire it over to my cell', ['wire', 'my cell']],
    ['near, only those that are', is.near(pay, self, 2), 'pay me some day or wire to my cell', ['wire', 'my cell']],
    ['near in characters', is.near(pay, self, 4, { unit: 'characters' }), 'wire to my cell', ['wire', 'my cell']],
    ['near in characters, too far', is.near(pay, self, 3, { unit: 'characters' }), 'wire to my cell', []],
    ['ordered, in order', is.near(pay, self, 2, { ordered: true }), 'wire to my cell', ['wire', 'my cell']],
    ['ordered, not in order', is.near(self, pay, 2, { ordered: true }), 'wire to my cell', []],
    ['near itself is not near', is.near(pay, pay, 5), 'wire', []],
    ['near another of its kind', is.near(pay, pay, 5), 'wire and pay', ['wire', 'pay']],
    [
      'near what is near',
      is.near(is.near(pay, self, 1), is.detector(), 2),
      'wire my cell b7, pay c7',
      ['my cell', 'b7'],
    ],
    ['near any', is.near(is.any(pay, is.pattern('cash')), self, 1), 'cash my cell', ['cash', 'my cell']],
    ['near all', is.near(is.all(pay, is.pattern('cash')), self, 1), 'cash my cell', []],
    ['words in disguise', pay, 'p4y or w1re', ['p4y', 'w1re']],
    ['letters of other alphabets', self, 'my сеll', ['my сеll']],
    ['full-width letters and a break of line', self, 'ｍｙ\n cell', ['ｍｙ\n cell']],
  ];
  test.each(cases)('%s', (_, when, text, found) => {
    expect(findingsIn(rule(when), text)).toEqual(found);
  });

  test('all may be spread over the texts of a message, near may not', () => {
    expect(findingsIn(rule(is.all(pay, self)), 'wire', 'my cell')).toEqual(['wire', 'my cell']);
    expect(findingsIn(rule(is.near(pay, self)), 'wire', 'my cell')).toEqual([]);
  });

  test('the second of two that are near is shown and not counted', () => {
    const [hit] = verdict(rule(is.near(pay, self)), 'wire my cell').hits;
    expect(hit).toMatchObject({
      count: 1,
      findings: [{ by: { lexicon: 'pay', term: 1 } }, { by: { lexicon: 'self', term: 0 } }],
    });
    expect(verdict(rule(is.near(pay, self), { threshold: { count: 2, unique: 1 } }), 'wire my cell').hits).toEqual([]);
  });

  test('what cannot be read is a hit without a finding, and counts one each', () => {
    const judge = judgeOf(rule({ is: 'unscanned', why: ['image', 'locked'] }, { threshold: { count: 2, unique: 2 } }));
    const unread = [{ why: 'image' }, { why: 'locked', part: 0 }, { why: 'voice' }] as const;
    expect(judge({ ...message('see'), unread }, contextOf()).hits).toMatchObject([{ count: 2, findings: [] }]);
    expect(judge({ ...message('see'), unread: unread.slice(1) }, contextOf()).hits).toEqual([]);
    expect(judgeOf(rule({ is: 'unscanned' }))(message('see'), contextOf()).hits).toEqual([]);
  });

  test('the number of a term, of a pattern and of a piece are named', () => {
    const judged = rule(is.any(is.pattern('never'), is.pattern('cash'), self));
    const texts = ['hello', 'cash', 'my own phone'];
    expect(verdict(judged, ...texts.map((text) => piece(text, 'caption'))).hits[0]?.findings).toMatchObject([
      { by: { pattern: 1 }, piece: 1, what: 'caption', span: { start: 0, end: 4 } },
      { by: { lexicon: 'self', term: 1 }, piece: 2 },
    ]);
    expect(lexicons[1]?.terms[1]?.term).toBe('my own phone');
  });
});

describe('A formatted body', () => {
  const judged = rule(is.any(pay, is.detector(0.1)));

  test('that says the same as the body is not judged twice', () => {
    const [hit] = verdict(judged, 'wire  b7', piece('Wire\nb7', 'html')).hits;
    expect(hit?.count).toBe(2);
    expect(hit?.findings.every(({ what }) => what === 'body')).toBe(true);
  });

  test('that says more is judged for what it says more', () => {
    const texts = ['wire b7', 'wire b7 and c9'];
    const [hit] = verdict(judged, texts[0] ?? '', piece(texts[1] ?? '', 'html')).hits;
    expect(shown(hit, ...texts)).toEqual(['wire', 'b7', 'c9']);
    expect(hit?.count).toBe(3);
  });
});
