/**
 * What happens while a run is on: holds come and go, classes change, officers take back and arm again, people write. Each
 * erasure is held against what stood on record right before it. `RUNS` in the environment plays more.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';
import { Ledger } from './ledger.ts';
import type { Days, Wanted } from './life.ts';
import { World, type Step } from './world.ts';

const RUNS = Number(process.env['RUNS'] ?? 5);
/** More than one batch of a run. */
const LEAST = 60;

const days: fc.Arbitrary<Days> = fc.integer({ min: 0, max: 12 }).map((keep) => [keep, keep === 0 ? 1 : keep]);
const wanted: fc.Arbitrary<Wanted> = fc.record({
  otherwise: days,
  lunch: fc.option(days, { nil: undefined }),
  flagged: fc.option(days, { nil: undefined }),
});
const index = fc.integer({ min: 0, max: 1 });
const about = fc.record({
  do: fc.constantFrom('edit' as const, 'judge' as const, 'quote' as const),
  which: fc.nat(200),
  who: index,
});
const say: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('say' as const),
  who: index,
  where: index,
  late: fc.constant(0),
});
const before: fc.Arbitrary<Step> = fc.oneof({ weight: 3, arbitrary: say }, { weight: 1, arbitrary: about });
const during: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('hold' as const, 'hold' as const, 'release' as const),
      over: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 2, arbitrary: say },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('classes' as const), wanted }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('arm' as const, 'disarm' as const) }) },
);
/** After how many commits of a run it happens. */
const happens = fc.record({ after: fc.integer({ min: 1, max: 25 }), step: during });

describe('while a run is on', () => {
  test('no erasure is early, unarmed or of what is under hold at that very moment; what may go is gone with the next run', async () => {
    await fc.assert(
      fc.asyncProperty(
        wanted,
        fc.array(before, { minLength: LEAST, maxLength: 2 * LEAST }),
        fc.array(fc.array(happens, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
        async (first, said, runs) => {
          const clock = new SetClock(START);
          await using house = await RetentionHouse.open({ clock });
          house.start();
          const world = new World(house, clock);
          await world.classes(first);
          for (const one of said) await world.play(one);
          for (const meanwhile of runs) {
            clock.pass(7 * DAY_MS);
            await world.arm();
            await world.runWhile(meanwhile);
          }
          await world.arm();
          await world.runWhile([]);
          await world.certified();
          const ledger = new Ledger(world.life);
          for (const entry of await house.all()) ledger.read(entry);
          expect([...ledger.wrong, ...world.wrong]).toEqual([]);
          expect(await house.erased()).toEqual(ledger.erased);
          expect(world.life.goingAt(clock.now())).toEqual([]);
        },
      ),
      { numRuns: RUNS, interruptAfterTimeLimit: 200_000, markInterruptAsFailure: false },
    );
  }, 300_000);
});
