import { beforeEach, describe, expect, test } from '@jest/globals';
import { MarkBudget } from '../../../src/bridge/mark-budget.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('the budget of marks and notices', () => {
  let clock: ManualClock;
  let budget: MarkBudget;

  beforeEach(() => {
    clock = new ManualClock(0);
    budget = new MarkBudget(clock, 5);
  });

  const settle = () => new Promise(setImmediate);
  async function pass(seconds: number): Promise<void> {
    for (let n = 0; n < seconds * 10; n += 1) {
      clock.advance(100);
      await settle();
    }
  }

  test('two thousand rooms are told five a second, in the order of asking, with one timer', async () => {
    const told: number[] = [];
    const tell = async (room: number): Promise<void> => {
      await budget.wait(`p${room}`);
      told.push(room);
    };
    const telling = Array.from({ length: 2_000 }, (_, room) => tell(room));
    await settle();
    expect(told).toHaveLength(5);
    expect(clock.timers).toBe(1);
    await pass(10);
    expect(told.length).toBeGreaterThanOrEqual(54);
    expect(told.length).toBeLessThanOrEqual(56);
    await pass(400);
    await Promise.all(telling);
    expect(told).toEqual(Array.from({ length: 2_000 }, (_, room) => room));
  });

  test('who comes later does not overtake who waits', async () => {
    expect(budget.take('a', 5).ok).toBe(true);
    const b = budget.take('b', 4);
    clock.advance(400);
    expect(budget.take('c', 1).ok).toBe(false);
    clock.advance(400);
    await settle();
    expect(b.ok).toBe(false);
    expect(budget.take('b', 4).ok).toBe(true);
  });

  test('more events at once than a second allows are sent all the same, and paid for afterwards', async () => {
    expect(budget.take('a', 8).ok).toBe(true);
    const next = budget.take('b', 1);
    expect(next.ok).toBe(false);
    clock.advance(700);
    await settle();
    expect(budget.take('b', 1).ok).toBe(false);
    clock.advance(200);
    await settle();
    expect(budget.take('b', 1).ok).toBe(true);
  });

  test('while the lanes are busy no shares pile up, so that no burst follows and nobody loses a turn', async () => {
    budget.take('first', 5);
    const untils = Array.from({ length: 2_000 }, (_, n) => budget.take(`p${n}`, 1));
    await pass(20);
    const ready = untils.map((_, n) => budget.take(`p${n}`, 1).ok);
    expect(ready.filter(Boolean).length).toBeLessThanOrEqual(16 + 5);
    expect(ready.indexOf(false)).toBe(ready.filter(Boolean).length);
    await pass(2);
    const next = ready.indexOf(false);
    expect(budget.take(`p${next}`, 1).ok).toBe(true);
    expect(clock.timers).toBe(1);
  });

  test('of shares that nobody takes, the first lapses after half a minute, and it goes on', async () => {
    budget.take('first', 5);
    for (let n = 0; n < 16; n += 1) budget.take(`gone${n}`, 1);
    let came = false;
    const waiting = budget.wait('here').then(() => (came = true));
    await pass(20);
    expect(came).toBe(false);
    await pass(20);
    expect(came).toBe(true);
    await waiting;
    expect(clock.timers).toBe(0);
  });

  test('beyond its places who asks is told to come when the last of them had a turn', () => {
    budget.take('first', 5);
    for (let n = 0; n < 20_000; n += 1) budget.take(`p${n}`, 1);
    const last = budget.take('p19999', 1);
    const more = budget.take('one too many', 1);
    expect([last.ok, more.ok]).toEqual([false, false]);
    expect('until' in last && 'until' in more && last.until === more.until).toBe(true);
    expect(clock.timers).toBe(1);
  });

  test('stopped, nobody waits and no timer is left', async () => {
    budget.take('a', 5);
    const waiting = budget.wait('b');
    budget.stop();
    await expect(waiting).resolves.toBeUndefined();
    expect(clock.timers).toBe(0);
  });
});
