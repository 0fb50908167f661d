import { describe, expect, test } from '@jest/globals';
import { Rounds } from '../../../src/core/rounds.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const EVERY_MS = 1_000;

/** What follows from it has happened when it resolves. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

/** Rounds that end when they are told to. */
function openRounds() {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const under: PromiseWithResolvers<undefined>[] = [];
  const rounds = new Rounds({
    clock,
    everyMs: EVERY_MS,
    round: () => {
      const one = Promise.withResolvers<undefined>();
      under.push(one);
      return one.promise;
    },
    failed: (error) => failures.push(error),
  });
  const newest = (): PromiseWithResolvers<undefined> => {
    const one = under.at(-1);
    if (one === undefined) throw new Error('no round began');
    return one;
  };
  return { clock, rounds, failures, newest, begun: () => under.length };
}

describe('rounds', () => {
  test('begin after a wait, and again that long after the end of the one before', async () => {
    const { clock, rounds, newest, begun } = openRounds();
    rounds.start();
    await pass(clock, EVERY_MS - 1);
    expect(begun()).toBe(0);
    await pass(clock, 1);
    expect(begun()).toBe(1);
    await pass(clock, 10 * EVERY_MS);
    expect(begun()).toBe(1);
    newest().resolve(undefined);
    await pass(clock, 0);
    await pass(clock, EVERY_MS);
    expect(begun()).toBe(2);
    newest().resolve(undefined);
    await rounds[Symbol.asyncDispose]();
  });

  test('go on after one that failed, and say that it did', async () => {
    const { clock, rounds, failures, newest, begun } = openRounds();
    rounds.start();
    await pass(clock, EVERY_MS);
    newest().reject(new Error('no disk'));
    await pass(clock, 0);
    expect(failures).toEqual([new Error('no disk')]);
    await pass(clock, EVERY_MS);
    expect(begun()).toBe(2);
    newest().resolve(undefined);
    await rounds[Symbol.asyncDispose]();
  });

  test('end with the round that is under way, and leave no timer behind', async () => {
    const { clock, rounds, newest, begun } = openRounds();
    rounds.start();
    await pass(clock, EVERY_MS);
    let ended = false;
    const ending = rounds[Symbol.asyncDispose]().then(() => {
      ended = true;
    });
    await pass(clock, 0);
    expect(ended).toBe(false);
    newest().resolve(undefined);
    await ending;
    await pass(clock, 10 * EVERY_MS);
    expect(begun()).toBe(1);
    expect(clock.timers).toBe(0);
  });

  test('that were never started, or end while they wait, begin none', async () => {
    const { clock, rounds, begun } = openRounds();
    await rounds[Symbol.asyncDispose]();
    const other = openRounds();
    other.rounds.start();
    await other.rounds[Symbol.asyncDispose]();
    await pass(clock, EVERY_MS);
    await pass(other.clock, EVERY_MS);
    expect([begun(), other.begun(), other.clock.timers]).toEqual([0, 0, 0]);
  });
});
