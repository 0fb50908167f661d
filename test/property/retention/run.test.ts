/**
 * Random lives of a record: messages, edits, verdicts, names, answers that quote, classes that change, holds that come and
 * go, clocks that are set, runs armed and not. What goes is what the rules say, nothing else, all of it by the next run,
 * and the certificates name it. `RUNS` in the environment plays more.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SetClock, RetentionHouse, START } from '../../support/retention-house.ts';
import { World, type Step } from './world.ts';
import type { Days, Wanted } from './life.ts';

const RUNS = Number(process.env['RUNS'] ?? 12);

const days: fc.Arbitrary<Days> = fc
  .record({ keep: fc.integer({ min: 0, max: 20 }), more: fc.integer({ min: 0, max: 10 }), ends: fc.boolean() })
  .map(({ keep, more, ends }) => [keep, ends ? keep + more : 0] as const);
const wanted: fc.Arbitrary<Wanted> = fc.record({
  otherwise: days,
  lunch: fc.option(days, { nil: undefined }),
  flagged: fc.option(days, { nil: undefined }),
});
const index = fc.integer({ min: 0, max: 1 });
const act = <const T extends string>(...names: readonly T[]) => fc.record({ do: fc.constantFrom(...names) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      who: index,
      where: index,
      late: fc.integer({ min: 0, max: 30 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('edit' as const, 'judge' as const, 'quote' as const),
      which: fc.nat(50),
      who: index,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('name' as const), who: index, where: index }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 25 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('classes' as const), wanted }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('hold' as const, 'release' as const),
      over: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set' as const), hours: fc.integer({ min: -400, max: 900 }) }) },
  { weight: 1, arbitrary: act('confirm') },
  { weight: 2, arbitrary: act('arm') },
  { weight: 2, arbitrary: act('disarm', 'preview') },
  { weight: 3, arbitrary: act('run') },
);

describe('a record that is kept and let go', () => {
  test('nothing goes early, unarmed, by a doubted clock or under hold; nothing stays longer than one run; all is certified', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, fc.array(step, { minLength: 10, maxLength: 45 }), async (first, steps) => {
        const clock = new SetClock(START);
        await using house = await RetentionHouse.open({ clock });
        house.start();
        const world = new World(house, clock);
        await world.classes(first);
        for (const one of steps) await world.play(one);
        for (const last of ['confirm', 'arm', 'run'] as const) await world.play({ do: last });
        await world.certified();
        expect(world.wrong).toEqual([]);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: false },
    );
  }, 300_000);
});
