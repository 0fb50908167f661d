import { describe, expect, test } from '@jest/globals';
import { afterJump, ClockWatch, JUMP_MS } from '../../../src/core/clock-watch.ts';
import { must, parseMillis } from '../../../src/core/ids.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const DAY = 86_400_000;
const START = 1_700_000_000_000;
const at = (ms: number) => must(parseMillis(ms));

describe('the watch over the clock', () => {
  test('says nothing while time only passes, however long', () => {
    const clock = new ManualClock(START);
    const watch = new ClockWatch(clock);
    clock.advance(40 * DAY);
    expect(watch.look()).toBeUndefined();
    expect(watch.suspect()).toBeUndefined();
    expect(watch.sinceJumpMs()).toBeUndefined();
  });

  test.each([DAY, -DAY, JUMP_MS + 1, -JUMP_MS - 1])('tells a jump of %i ms once, and stays suspicious', (ms) => {
    const clock = new ManualClock(START);
    const watch = new ClockWatch(clock);
    clock.jump(ms);
    expect(watch.look()).toEqual({ byMs: ms, at: START + ms });
    expect(watch.look()).toBeUndefined();
    clock.advance(5_000);
    expect(watch.look()).toBeUndefined();
    expect(watch.suspect()).toEqual({ byMs: ms, since: START + ms });
    expect(watch.sinceJumpMs()).toBe(5_000);
  });

  test.each([JUMP_MS, -JUMP_MS, 0])('takes %i ms for a clock that is kept right', (ms) => {
    const clock = new ManualClock(START);
    const watch = new ClockWatch(clock);
    clock.jump(ms);
    expect(watch.look()).toBeUndefined();
    expect(watch.suspect()).toBeUndefined();
  });

  test('jumps that undo each other leave nothing to suspect', () => {
    const clock = new ManualClock(START);
    const watch = new ClockWatch(clock);
    clock.jump(DAY);
    watch.look();
    clock.advance(3_600_000);
    clock.jump(-DAY + 1_000);
    expect(watch.look()?.byMs).toBe(-DAY + 1_000);
    expect(watch.suspect()).toBeUndefined();
  });

  test('a second jump adds to the first, which says since when', () => {
    const first = afterJump(undefined, { byMs: DAY, at: at(START) });
    expect(afterJump(first, { byMs: DAY, at: at(START + 5) })).toEqual({ byMs: 2 * DAY, since: START });
  });

  test('a record that is newer than the clock says that it was set back before the start', () => {
    const clock = new ManualClock(START);
    const watch = new ClockWatch(clock, { recordedAt: at(START + DAY) });
    expect(watch.suspect()).toEqual({ byMs: -DAY, since: START });
    expect(watch.look()).toEqual({ byMs: -DAY, at: START });
    expect(watch.look()).toBeUndefined();
  });

  test('what was suspect before a restart stays so, until the clock is put right', () => {
    const clock = new ManualClock(START);
    const before = { recordedAt: at(START + DAY), suspect: { byMs: DAY, since: at(START) } };
    const corrected = new ClockWatch(clock, before);
    expect(corrected.look()?.byMs).toBe(-DAY);
    expect(corrected.suspect()).toBeUndefined();
    const still = new ClockWatch(clock, { ...before, recordedAt: at(START - 1) });
    expect(still.look()).toBeUndefined();
    expect(still.suspect()).toEqual(before.suspect);
  });
});
