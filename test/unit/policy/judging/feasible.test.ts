import { describe, expect, test } from '@jest/globals';
import { consequences, type Consequence } from '../../../../src/core/policy-words.ts';
import { feasible, type Place } from '../../../../src/policy/judging/feasible.ts';

type Cell = readonly [place: Place, wanted: Consequence, done: string];

/** `flag!`: and somebody is told of what could not be done. */
const cells: readonly Cell[] = [
  ['outbound', 'observe', 'observe'],
  ['outbound', 'flag', 'flag'],
  ['outbound', 'warn', 'warn'],
  ['outbound', 'redact', 'quarantine'],
  ['outbound', 'quarantine', 'quarantine'],
  ['outbound', 'block', 'block'],
  ['inbound', 'observe', 'observe'],
  ['inbound', 'flag', 'flag'],
  ['inbound', 'warn', 'flag'],
  ['inbound', 'redact', 'flag!'],
  ['inbound', 'quarantine', 'flag!'],
  ['inbound', 'block', 'flag!'],
  ['asked', 'observe', 'observe'],
  ['asked', 'flag', 'flag'],
  ['asked', 'warn', 'warn'],
  ['asked', 'redact', 'block'],
  ['asked', 'quarantine', 'block'],
  ['asked', 'block', 'block'],
  ['internal', 'observe', 'observe'],
  ['internal', 'flag', 'flag'],
  ['internal', 'warn', 'flag'],
  ['internal', 'redact', 'flag!'],
  ['internal', 'quarantine', 'flag!'],
  ['internal', 'block', 'flag!'],
  ['external', 'observe', 'observe'],
  ['external', 'flag', 'flag'],
  ['external', 'warn', 'flag'],
  ['external', 'redact', 'flag!'],
  ['external', 'quarantine', 'flag!'],
  ['external', 'block', 'flag!'],
];

describe('What is done where a message is', () => {
  test.each(cells)('%s, %s: %s', (place, wanted, done) => {
    const { does, tells } = feasible(wanted, place);
    expect(`${does}${tells === true ? '!' : ''}`).toBe(done);
  });

  test('is never stricter than a hold, unless nothing can be held there', () => {
    for (const [place, wanted] of cells) {
      const { does } = feasible(wanted, place);
      const isStricter = consequences.indexOf(does) > consequences.indexOf(wanted);
      const isStandIn = wanted === 'redact' || (place === 'asked' && wanted === 'quarantine');
      expect(isStricter && !isStandIn).toBe(false);
    }
  });

  test('leaves no cell out', () => {
    expect(cells).toHaveLength(consequences.length * 5);
  });
});
