import { describe, expect, test } from '@jest/globals';
import { consequences, type Consequence } from '../../../../src/core/policy-words.ts';
import { feasible, feasibleUnjudged, type Place } from '../../../../src/policy/judging/feasible.ts';

type Cell = readonly [place: Place, wanted: Consequence, done: string];

/** `flag!`: and somebody is told of what could not be done. */
const cells: readonly Cell[] = [
  ['outbound', 'observe', 'observe'],
  ['outbound', 'flag', 'flag'],
  ['outbound', 'warn', 'warn'],
  ['outbound', 'redact', 'redact!'],
  ['outbound', 'quarantine', 'quarantine'],
  ['outbound', 'block', 'block'],
  ['change', 'observe', 'observe'],
  ['change', 'flag', 'flag'],
  ['change', 'warn', 'block'],
  ['change', 'redact', 'redact!'],
  ['change', 'quarantine', 'block!'],
  ['change', 'block', 'block'],
  ['inbound', 'observe', 'observe'],
  ['inbound', 'flag', 'flag'],
  ['inbound', 'warn', 'flag'],
  ['inbound', 'redact', 'redact'],
  ['inbound', 'quarantine', 'flag!'],
  ['inbound', 'block', 'redact!'],
  ['inbound-file', 'observe', 'observe'],
  ['inbound-file', 'flag', 'flag'],
  ['inbound-file', 'warn', 'flag'],
  ['inbound-file', 'redact', 'flag!'],
  ['inbound-file', 'quarantine', 'flag!'],
  ['inbound-file', 'block', 'flag!'],
  ['asked', 'observe', 'observe'],
  ['asked', 'flag', 'flag'],
  ['asked', 'warn', 'warn'],
  ['asked', 'redact', 'block'],
  ['asked', 'quarantine', 'block'],
  ['asked', 'block', 'block'],
  ['internal', 'observe', 'observe'],
  ['internal', 'flag', 'flag'],
  ['internal', 'warn', 'warn'],
  ['internal', 'redact', 'redact'],
  ['internal', 'quarantine', 'redact!'],
  ['internal', 'block', 'redact!'],
  ['external', 'observe', 'observe'],
  ['external', 'flag', 'flag'],
  ['external', 'warn', 'warn'],
  ['external', 'redact', 'redact'],
  ['external', 'quarantine', 'redact!'],
  ['external', 'block', 'redact!'],
];

describe('What is done where a message is', () => {
  test.each(cells)('%s, %s: %s', (place, wanted, done) => {
    const { does, tells } = feasible(wanted, place);
    expect(`${does}${tells === true ? '!' : ''}`).toBe(done);
  });

  test('is never stricter than what was wanted, unless nothing can be held or hidden there', () => {
    for (const [place, wanted] of cells) {
      const { does } = feasible(wanted, place);
      const isStricter = consequences.indexOf(does) > consequences.indexOf(wanted);
      const isStandIn =
        (place === 'asked' && (wanted === 'redact' || wanted === 'quarantine')) ||
        (place === 'change' && (wanted === 'warn' || wanted === 'quarantine'));
      expect(isStricter && !isStandIn).toBe(false);
    }
  });

  test.each<readonly [Place, Consequence, Consequence]>([
    ['outbound', 'quarantine', 'quarantine'],
    ['change', 'block', 'block'],
    ['asked', 'block', 'block'],
    ['inbound', 'block', 'flag'],
    ['internal', 'block', 'flag'],
    ['external', 'block', 'flag'],
  ])('%s, %s, where nobody could look: %s, for nothing is taken away for a fault of ours', (place, wanted, does) => {
    expect(feasibleUnjudged(wanted, place)).toEqual({ does });
  });

  test('leaves no cell out', () => {
    expect(cells).toHaveLength(consequences.length * 7);
  });
});
