import { describe, expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../../src/core/ids.ts';
import { consequences } from '../../../../src/core/policy-words.ts';
import {
  beginsAs,
  moved,
  verdictStates,
  type VerdictMove,
  type VerdictState,
} from '../../../../src/policy/verdicts/verdict-moves.ts';

const position = (n: number) => must(parsePosition(n));
const now = { version: undefined, gone: false };
const moves: readonly VerdictMove[] = ['approved', 'rejected', 'expired', 'withdrawn', 'superseded', 'overridden'];

describe('a new verdict', () => {
  test.each([...consequences, 'none'] as const)(
    'that says %s waits for a person only where it holds',
    (consequence) => {
      const holding = consequence === 'quarantine' || consequence === 'warn';
      expect(beginsAs({ consequence }, now)).toBe(holding ? 'open' : 'closed');
    },
  );

  test('on a file’s text holds no message', () => {
    expect(beginsAs({ consequence: 'quarantine', file: position(9) }, now)).toBe('closed');
  });

  test('on a message of which nothing is known is open: the gate stopped it all the same', () => {
    expect(beginsAs({ consequence: 'quarantine' }, undefined)).toBe('open');
  });

  test('on a text that was edited while it was judged is superseded', () => {
    const edited = { version: position(8), gone: false };
    expect(beginsAs({ consequence: 'quarantine' }, edited)).toBe('superseded');
    expect(beginsAs({ consequence: 'quarantine', version: position(7) }, edited)).toBe('superseded');
    expect(beginsAs({ consequence: 'quarantine', version: position(8) }, edited)).toBe('open');
    expect(beginsAs({ consequence: 'quarantine', version: position(9) }, edited)).toBe('open');
  });

  test('on a message that was deleted while it was judged is withdrawn', () => {
    expect(beginsAs({ consequence: 'warn' }, { version: undefined, gone: true })).toBe('withdrawn');
  });
});

describe('what happens to a verdict', () => {
  const cells = verdictStates.flatMap((state) =>
    (['quarantine', 'warn'] as const).flatMap((consequence) => moves.map((move) => ({ state, consequence, move }))),
  );

  test.each(cells)('$state ($consequence), then $move', ({ state, consequence, move }) => {
    const ignored = state !== 'open' || (move === 'overridden' && consequence === 'quarantine');
    const expected: VerdictState = ignored ? state : move;
    expect(moved({ state, consequence }, move)).toBe(expected);
  });
});
