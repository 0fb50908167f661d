import { beforeEach, describe, expect, test } from '@jest/globals';
import { LagMeter } from '../../../../src/bridge/alarms/lag-meter.ts';
import { after } from '../../../../src/core/ids.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
let clock: ManualClock;
let meter: LagMeter;

beforeEach(() => {
  clock = new ManualClock();
  meter = new LagMeter(clock, 'acme.example');
});

/** An event that its homeserver took `lagMs` ago, by a clock that is behind ours by `skewMs`. */
function captured(lagMs: number, skewMs = 0, more: { sender?: string; duplicate?: boolean } = {}): void {
  const at = after(clock.now(), -lagMs - skewMs);
  meter.captured([{ at, sender: '@alice:acme.example', duplicate: false, ...more }]);
}

/** An ordinary hour. */
function quietHour(skewMs = 0): void {
  for (let minute = 0; minute < 60; minute += 1) {
    captured(40, skewMs);
    clock.advance(MINUTE);
  }
}

describe('how late the record is', () => {
  test('is told of the last two minutes', () => {
    quietHour();
    clock.advance(MINUTE + 1);
    captured(20_040);
    expect(meter.facts()).toEqual({ events: 1, usualMs: 20_000, worstMs: 20_000, newestMs: 0 });
    clock.advance(2 * MINUTE + 1);
    expect(meter.facts()).toEqual({ events: 0, usualMs: 0, worstMs: 0, newestMs: 2 * MINUTE + 1 });
  });

  test.each([86_400_000, -86_400_000, 600_000])('does not count what the clocks always differ by (%i ms)', (skewMs) => {
    quietHour(skewMs);
    captured(40, skewMs);
    captured(6 * MINUTE + 40, skewMs);
    expect(meter.facts().worstMs).toBe(6 * MINUTE);
  });

  test('is seen after an hour without events too', () => {
    quietHour();
    clock.advance(5 * HOUR);
    captured(7 * MINUTE + 40);
    expect(meter.facts().worstMs).toBe(7 * MINUTE);
  });

  test('is the 95th of 100, and the latest', () => {
    captured(0);
    for (let n = 1; n < 100; n += 1) captured(n * 1_000);
    expect(meter.facts()).toMatchObject({ events: 100, usualMs: 94_000, worstMs: 99_000 });
  });

  test('does not count what was on record before, or comes from another server', () => {
    quietHour();
    clock.advance(3 * MINUTE);
    captured(HOUR, 0, { duplicate: true });
    captured(HOUR, 0, { sender: '@kay:elsewhere.example' });
    meter.captured([{ at: after(clock.now(), -HOUR), duplicate: false }]);
    expect(meter.facts().events).toBe(0);
  });

  test.each([86_400_000, -86_400_000])('begins anew when our clock is set by %i ms', (ms) => {
    quietHour();
    clock.jump(ms);
    meter.jumped();
    captured(40, ms);
    captured(30_040, ms);
    expect(meter.facts()).toMatchObject({ events: 2, worstMs: 30_000 });
  });

  test('keeps a bounded number of events', () => {
    captured(0);
    for (let n = 0; n < 10_000; n += 1) captured(0);
    expect(meter.facts().events).toBe(2_000);
  });
});
