/** Two kinds of numbers at one place: which of them is believed. */
import { describe, expect, test } from '@jest/globals';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { contextOf, is, piece, rule } from './made-rules.ts';

/** The kinds that rules at 0.85 find, each by a rule of its own. */
function kindsIn(text: string, kinds: readonly string[]): readonly string[] {
  return kindsAt(0.85, text, kinds);
}

function kindsOver(least: number, text: string): readonly string[] {
  return kindsAt(least, text, all);
}

function kindsAt(least: number, text: string, kinds: readonly string[]): readonly string[] {
  const rules = kinds.map((kind) => rule(is.detector(least, kind), { id: kind }));
  const judge = createJudge({ digest: 'd', rules, lexicons: [] }, { detectors: allDetectors, key: new Uint8Array(32) });
  if (!judge.ok) throw new Error(JSON.stringify(judge.error));
  return judge.value({ pieces: [piece(text)], unread: [], content: 'c' }, contextOf()).hits.map((hit) => hit.rule);
}

const all = allDetectors.filter(({ contends }) => contends).map(({ id }) => id);

describe('Of two kinds of numbers at one place', () => {
  test.each([
    ['the one that a word names', 'PESEL 56041282420', ['id-pl']],
    ['the one that a word names, a card', 'my card is 440305198607271824', ['card']],
    ['the rarer by chance, where no word says anything', '440305198607271824', ['id-cn']],
    ['the longer, which is the rarer as well', 'GB92 KRRA 6957 2624 4537 63', ['iban']],
    ['the rarer of two that are written alike', 'as promised 270488-3045', ['id-fi']],
    ['the named one of two that are written alike', 'CPR 270488-3045', ['id-dk']],
  ])('%s is believed', (_which, text, expected) => {
    expect(kindsIn(text, all)).toEqual(expected);
  });

  test('the surer is believed though no rule asks for it', () => {
    expect(kindsIn('PESEL 56041282420', ['id-be'])).toEqual([]);
    expect(kindsIn('56041282420', ['id-be'])).toEqual(['id-be']);
  });

  test('what a word names stays beside what no word names, unless that is sure by itself', () => {
    expect(kindsOver(0.05, 'social security number 536904399')).toContain('ssn-us');
    expect(kindsOver(0.05, '536904399')).not.toContain('ssn-us');
    expect(kindsOver(0.05, 'ssn 4111111111111111')).toEqual(['card']);
  });

  test.each([
    'my number is 4111 1111 1111 1111',
    'call 4111 1111 1111 1111',
    'PESEL 4111 1111 1111 1111',
    'IBAN 4111 1111 1111 1111',
    'NHS number 4111 1111 1111 1111',
  ])('a card is not talked away: %s', (text) => {
    expect(kindsIn(text, all)).toEqual(['card']);
  });

  test('each of two that nothing tells apart is found', () => {
    expect(kindsIn('personnummer 540417-6363', ['id-se', 'id-is'])).toEqual(['id-se']);
    expect(kindsIn('540417-6363', ['id-se', 'id-is'])).toEqual(['id-se', 'id-is']);
  });
});
