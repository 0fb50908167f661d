import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import type { Condition } from '../../../../src/policy/rule.ts';
import { before, contextOf, is, judgeOf, message, piece, rule, setOf } from '../../../unit/policy/engine/made-rules.ts';

const words = fc.array(fc.constantFrom('pay', 'wire', 'my cell', 'x', 'and', 'b7', 'c2', 'now,', 'privately'), {
  maxLength: 14,
});
const sentence = words.map((all) => all.join(' '));

/** The words of the lexicons and the badges, one after the other: where they begin and how many words stand before them. */
function slowly(
  text: string,
  terms: readonly RegExp[],
): readonly { readonly start: number; readonly end: number; readonly word: number }[] {
  return terms
    .flatMap((term) => [...text.matchAll(term)])
    .map(({ index, 0: { length } }) => ({
      start: index,
      end: index + length,
      word: text
        .slice(0, index)
        .split(/[^a-z0-9]+/u)
        .filter((part) => part !== '').length,
    }))
    .sort((a, b) => a.start - b.start);
}

const pay = [/\bpay\b/gu, /\bwire\b/gu];
const self = [/\bmy cell\b/gu, /\bprivately\b/gu];

function wordsOf(text: string, start: number, end: number): number {
  return text
    .slice(start, end)
    .split(/[^a-z0-9]+/u)
    .filter((part) => part !== '').length;
}

describe('A judge', () => {
  test('counts what a slow search counts, and says where', () => {
    const judge = judgeOf(rule(is.any(is.words('pay'), is.words('self'))));
    fc.assert(
      fc.property(sentence, (text) => {
        const expected = slowly(text, [...pay, ...self]);
        const [hit] = judge(message(text), contextOf()).hits;
        expect(hit?.count ?? 0).toBe(expected.length);
        const spans = hit?.findings.map(({ span }) => span) ?? [];
        expect(spans).toEqual(expected.slice(0, 20).map(({ start, end }) => ({ start, end })));
      }),
    );
  });

  test('finds near each other what a slow comparison of all with all finds', () => {
    fc.assert(
      fc.property(sentence, fc.integer({ min: 1, max: 6 }), fc.boolean(), (text, most, ordered) => {
        const judge = judgeOf(rule(is.near(is.words('pay'), is.words('self'), most, { ordered })));
        const firsts = slowly(text, pay);
        const seconds = slowly(text, self);
        const expected = firsts.filter((one) =>
          seconds.some((other) =>
            one.end <= other.start
              ? wordsOf(text, one.end, other.start) < most
              : !ordered && other.end <= one.start && wordsOf(text, other.end, one.start) < most,
          ),
        );
        expect(judge(message(text), contextOf()).hits[0]?.count ?? 0).toBe(expected.length);
      }),
    );
  });

  test('of a message in several pieces finds what it finds in each of them', () => {
    const judge = judgeOf(rule(is.any(is.words('pay'), is.detector())));
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 6 }), (texts) => {
        const whole = judge(message(...texts.map((text) => piece(text, 'file'))), contextOf()).hits[0]?.count ?? 0;
        const each = texts.map((text) => judge(message(piece(text, 'file')), contextOf()).hits[0]?.count ?? 0);
        expect(whole).toBe(each.reduce((sum, count) => sum + count, 0));
      }),
    );
  });

  test('finds the same words with other words before them, only further on', () => {
    const judge = judgeOf(rule(is.words('pay')));
    fc.assert(
      fc.property(sentence, fc.constantFrom('ok ', '', 'well, then: ', 'öä '), (text, put) => {
        const plain =
          judge(message(text), contextOf()).hits[0]?.findings.map(({ span }) => span.start + put.length) ?? [];
        expect(judge(message(put + text), contextOf()).hits[0]?.findings.map(({ span }) => span.start) ?? []).toEqual(
          plain,
        );
      }),
    );
  });

  test('never throws and never fails, whatever the text: halves of pairs, controls, anything', () => {
    const all: Condition = is.any(
      ...allDetectors.map((detector) => is.detector(0.01, detector.id)),
      is.words('self'),
      is.pattern('\\bx.+\\b'),
      is.near(is.words('pay'), is.pattern('[^a]'), 5),
    );
    const judge = createJudge(setOf([rule(all, { together: 5 })]), {
      detectors: allDetectors,
      key: new Uint8Array(32),
    });
    const unit = fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
      fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
      fc.constantFrom(
        '4111 1111 1111 1111',
        'my cell',
        '\ufdfa',
        '\u202e',
        'a@b.co',
        'sk_live_',
        '-----BEGIN',
        'p4y',
        '１２',
      ),
    );
    const any = fc.array(unit, { maxLength: 8 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 3 }), any, (texts, said) => {
        if (!judge.ok) throw new Error(JSON.stringify(judge.error));
        const { failed, hits } = judge.value(message(...texts), contextOf({ before: before(said), country: 'US' }));
        expect(failed).toBeUndefined();
        for (const { span, piece: at, masked } of hits.flatMap(({ findings }) => findings)) {
          expect(span.start >= 0 && span.start < span.end && span.end <= (texts[at] ?? '').length).toBe(true);
          expect(masked.length).toBeLessThanOrEqual(12);
        }
      }),
    );
  });
});
