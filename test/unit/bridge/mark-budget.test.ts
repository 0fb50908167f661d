import { beforeEach, describe, expect, test } from '@jest/globals';
import { MarkBudget, type Asking } from '../../../src/bridge/marks/mark-budget.ts';
import { MarkQueue } from '../../../src/bridge/marks/mark-queue.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const mark = (who: string, events: number, newest = 0): Asking => ({ who, events, urgency: { is: 'mark', newest } });
const toRead = (who: string, events: number): Asking => ({ who, events, urgency: { is: 'to-read' } });

describe('the budget of marks and notices', () => {
  let clock: ManualClock;
  let budget: MarkBudget;
  const take = (who: string, events: number) => budget.take(mark(who, events));

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
      await budget.wait(mark(`p${room}`, 1));
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
    expect(take('a', 5).ok).toBe(true);
    const b = take('b', 4);
    clock.advance(400);
    expect(take('c', 1).ok).toBe(false);
    clock.advance(400);
    await settle();
    expect(b.ok).toBe(false);
    expect(take('b', 4).ok).toBe(true);
  });

  test('more events at once than a second allows are sent all the same, and paid for afterwards', async () => {
    expect(take('a', 8).ok).toBe(true);
    const next = take('b', 1);
    expect(next.ok).toBe(false);
    clock.advance(700);
    await settle();
    expect(take('b', 1).ok).toBe(false);
    clock.advance(200);
    await settle();
    expect(take('b', 1).ok).toBe(true);
  });

  test('while the lanes are busy no shares pile up, so that no burst follows and nobody loses a turn', async () => {
    take('first', 5);
    const untils = Array.from({ length: 2_000 }, (_, n) => take(`p${n}`, 1));
    await pass(20);
    const ready = untils.map((_, n) => take(`p${n}`, 1).ok);
    expect(ready.filter(Boolean).length).toBeLessThanOrEqual(16 + 5);
    expect(ready.indexOf(false)).toBe(ready.filter(Boolean).length);
    await pass(2);
    const next = ready.indexOf(false);
    expect(take(`p${next}`, 1).ok).toBe(true);
    expect(clock.timers).toBe(1);
  });

  test('of shares that nobody takes, the first lapses after half a minute, and it goes on', async () => {
    take('first', 5);
    for (let n = 0; n < 16; n += 1) take(`gone${n}`, 1);
    let came = false;
    const waiting = budget.wait(mark('here', 1)).then(() => (came = true));
    await pass(20);
    expect(came).toBe(false);
    await pass(20);
    expect(came).toBe(true);
    await waiting;
    expect(clock.timers).toBe(0);
  });

  test('beyond its places those who ask wait for one and the same, and no timer more', () => {
    take('first', 5);
    for (let n = 0; n < 20_000; n += 1) take(`p${n}`, 1);
    const [last, more, another] = [take('p19999', 1), take('one too many', 1), take('another', 1)];
    expect([last.ok, more.ok]).toEqual([false, false]);
    expect('until' in more && 'until' in another && more.until === another.until).toBe(true);
    expect('until' in last && 'until' in more && last.until === more.until).toBe(false);
    expect(clock.timers).toBe(1);
  });

  test('beyond its places who asks is told to ask again when half of them had a turn', async () => {
    const queue = new MarkQueue({ toRead: 5, marks: 10 });
    const places = Array.from({ length: 11 }, (_, n) => queue.place(mark(`p${n}`, 1, -n)));
    let asksAgain = false;
    const told = (places[10] ?? Promise.resolve()).then(() => (asksAgain = true));
    const serve = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        const next = queue.next();
        if (next !== undefined) queue.served(next);
      }
      await settle();
    };
    await serve(4);
    expect(asksAgain).toBe(false);
    await serve(1);
    expect(asksAgain).toBe(true);
    await told;
  });

  test('beyond its places with something to read, the others wait until half of these are through', () => {
    take('first', 5);
    for (let n = 0; n < 5_000; n += 1) budget.take(toRead(`p${n}`, 1));
    const [more, another] = [budget.take(toRead('more', 1)), budget.take(toRead('another', 1))];
    expect('until' in more && 'until' in another && more.until === another.until).toBe(true);
  });

  /** In which order they are served, each asking once. */
  async function order(asked: readonly Asking[], seconds: number): Promise<readonly string[]> {
    const served: string[] = [];
    take('first', 5);
    const asking = asked.map(async (one) => {
      await budget.wait(one);
      served.push(one.who);
    });
    await pass(seconds);
    await Promise.all(asking);
    return served;
  }

  test('what a person must read goes before marks, and marks of the newest messages before older ones', async () => {
    const asked = [mark('old', 1, 1), mark('new', 1, 9), toRead('why', 1), mark('newer', 1, 10), mark('older', 1, 0)];
    expect(await order(asked, 3)).toEqual(['why', 'newer', 'new', 'old', 'older']);
  });

  test('of marks on equally new messages the first that asked goes first', async () => {
    expect(await order([mark('a', 3, 5), mark('b', 1, 5), mark('c', 1, 5)], 3)).toEqual(['a', 'b', 'c']);
  });

  test('however many rooms must be told something, a quarter of the events is left to the marks', async () => {
    const failures = Array.from({ length: 30 }, (_, n) => toRead(`why${n}`, 1));
    const marks = Array.from({ length: 10 }, (_, n) => mark(`mark${n}`, 1, 100 - n));
    const served = await order([...failures, ...marks], 10);
    for (let at = 0; at + 4 <= 40; at += 4)
      expect(served.slice(at, at + 4).filter((who) => who.startsWith('mark'))).toHaveLength(1);
    expect(served.filter((who) => who.startsWith('why'))).toEqual(failures.map(({ who }) => who));
  });

  test('who waits with a mark and then has something to read moves up, and keeps one place', async () => {
    take('first', 5);
    const served: string[] = [];
    const wait = async (asking: Asking): Promise<void> => {
      await budget.wait(asking);
      served.push(asking.who);
    };
    const others = Array.from({ length: 20 }, (_, n) => wait(mark(`p${n}`, 1, 5)));
    const room = wait(mark('room', 1, 1));
    const again = budget.take(toRead('room', 1));
    await pass(1);
    expect(served[0]).toBe('room');
    expect(again.ok).toBe(false);
    await pass(5);
    await Promise.all([room, ...others]);
    expect(served).toHaveLength(21);
    expect(clock.timers).toBe(0);
  });

  test('a room in which somebody wrote just now moves up among the marks', async () => {
    take('first', 5);
    const served: string[] = [];
    const wait = async (asking: Asking): Promise<void> => {
      await budget.wait(asking);
      served.push(asking.who);
    };
    const waiting = ['a', 'b', 'c'].map((who, n) => wait(mark(who, 1, n)));
    budget.take(mark('a', 1, 7));
    await pass(2);
    await Promise.all(waiting);
    expect(served).toEqual(['a', 'c', 'b']);
  });

  test('stopped, nobody waits and no timer is left', async () => {
    take('a', 5);
    const waiting = budget.wait(mark('b', 1));
    budget.stop();
    await expect(waiting).resolves.toBeUndefined();
    expect(clock.timers).toBe(0);
  });
});
