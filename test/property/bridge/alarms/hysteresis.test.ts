import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { atRest, standing, step, type Standing } from '../../../../src/bridge/alarms/hysteresis.ts';
import type { Judged } from '../../../../src/bridge/alarms/rules.ts';

const LOOK_MS = 30_000;
const CLEAR_MS = 60_000;
const judged = fc.constantFrom<Judged>('so', 'over', 'unclear');

interface Change {
  readonly look: number;
  readonly change: 'raised' | 'cleared';
}

function history(looks: readonly Judged[], from: Standing = atRest): readonly Change[] {
  let before = from;
  return looks.flatMap((is, look) => {
    const { next, change } = step(before, is, { monotonic: look * LOOK_MS, clearMs: CLEAR_MS });
    before = next;
    return change === undefined ? [] : [{ look, change }];
  });
}

describe('an alarm', () => {
  test('is raised and cleared by turns, whatever is found', () => {
    fc.assert(
      fc.property(fc.array(judged), (looks) => {
        const changes = history(looks).map(({ change }) => change);
        expect(changes).toEqual(changes.map((_, n) => (n % 2 === 0 ? 'raised' : 'cleared')));
      }),
    );
  });

  test('is raised only by two looks in a row that find it, and cleared only after a minute of looks that don’t', () => {
    fc.assert(
      fc.property(fc.array(judged), (looks) => {
        for (const { look, change } of history(looks)) {
          const last = change === 'raised' ? looks.slice(look - 1, look + 1) : looks.slice(look - 2, look + 1);
          expect(last).toEqual(change === 'raised' ? ['so', 'so'] : ['over', 'over', 'over']);
        }
      }),
    );
  });

  test('never changes twice within a minute', () => {
    fc.assert(
      fc.property(fc.array(judged, { minLength: 20 }), (looks) => {
        const changes = history(looks);
        const apart = changes.slice(1).map(({ look }, n) => look - (changes[n]?.look ?? 0));
        expect(apart.every((looks) => looks >= 2)).toBe(true);
      }),
    );
  });

  test('that an earlier process raised is not raised again, and is cleared when it is over', () => {
    expect(history(['so', 'so', 'unclear', 'so'], standing)).toEqual([]);
    expect(history(['over', 'over', 'over'], standing)).toEqual([{ look: 2, change: 'cleared' }]);
    expect(history(['over', 'over', 'so', 'over', 'over', 'over'], standing)).toEqual([{ look: 5, change: 'cleared' }]);
  });
});
