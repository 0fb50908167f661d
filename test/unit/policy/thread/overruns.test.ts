import { describe, expect, test } from '@jest/globals';
import { Overruns, OVERRUNS_MAX } from '../../../../src/policy/thread/overruns.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const MINUTE = 60_000;

describe('contents that end the thread', () => {
  test('are barred from the third time on, each by itself', () => {
    const overruns = new Overruns(new ManualClock());
    expect([overruns.note('a'), overruns.isBarred('a'), overruns.note('a'), overruns.isBarred('a')]).toEqual([
      ...[false, false],
      ...[false, false],
    ]);
    expect([overruns.note('a'), overruns.isBarred('a'), overruns.isBarred('b')]).toEqual([true, true, false]);
  });

  test('are tried again ten minutes after the last time, and may fail three times more', () => {
    const clock = new ManualClock();
    const overruns = new Overruns(clock);
    for (let n = 0; n < 3; n += 1) overruns.note('a');
    clock.advance(10 * MINUTE - 1);
    expect(overruns.isBarred('a')).toBe(true);
    clock.advance(1);
    expect(overruns.isBarred('a')).toBe(false);
    expect([overruns.note('a'), overruns.note('a'), overruns.note('a')]).toEqual([false, false, true]);
  });

  test('that are rare are not counted together', () => {
    const clock = new ManualClock();
    const overruns = new Overruns(clock);
    const noted = Array.from({ length: 5 }, () => {
      clock.advance(10 * MINUTE);
      return overruns.note('a');
    });
    expect(noted).toEqual([false, false, false, false, false]);
  });

  test('do not follow the wall clock, which may be set', () => {
    const clock = new ManualClock();
    const overruns = new Overruns(clock);
    for (let n = 0; n < 3; n += 1) overruns.note('a');
    clock.jump(60 * MINUTE);
    expect(overruns.isBarred('a')).toBe(true);
  });

  test('are forgotten when there are too many, the one that was so longest ago first', () => {
    const overruns = new Overruns(new ManualClock());
    for (const content of ['old', 'again']) for (let n = 0; n < 3; n += 1) overruns.note(content);
    for (let n = 0; n < OVERRUNS_MAX - 2; n += 1) overruns.note(`c${n}`);
    overruns.note('again');
    expect([overruns.isBarred('old'), overruns.isBarred('again')]).toEqual([true, true]);
    overruns.note('new');
    expect([overruns.isBarred('old'), overruns.isBarred('again')]).toEqual([false, true]);
  });
});
