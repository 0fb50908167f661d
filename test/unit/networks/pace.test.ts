import { beforeEach, describe, expect, test } from '@jest/globals';
import { Pace, placesMax, type Flight } from '../../../src/networks/pace.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const never = new AbortController().signal;

describe('the pace of a connector', () => {
  let clock: ManualClock;
  let pace: Pace;

  beforeEach(() => {
    clock = new ManualClock(0);
    pace = new Pace({ clock, perSecond: 10, window: 100 });
  });

  const settle = () => new Promise(setImmediate);
  const begin = async (chat: string): Promise<Flight> => {
    const flight = await pace.begin(chat, never);
    if (flight === undefined) throw new Error('it did not begin');
    return flight;
  };
  /** Chats whose place has come up, in that order. */
  function turnsOf(chats: readonly string[]): string[] {
    const turns: string[] = [];
    for (const chat of chats) {
      const until = pace.place(chat);
      if (until === undefined) turns.push(chat);
      else
        until.then(
          () => turns.push(chat),
          () => undefined,
        );
    }
    return turns;
  }
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      await settle();
    }
  }

  test('turns come evenly at the configured rate, in the order of asking, with one timer for all', async () => {
    const turns = turnsOf(['a', 'b', 'c', 'd', 'e']);
    expect(turns).toEqual(['a']);
    expect(clock.timers).toBe(1);
    await pass(200);
    expect(turns).toEqual(['a', 'b', 'c']);
    await pass(200);
    expect(turns).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(clock.timers).toBe(0);
  });

  test('who asks twice keeps one place, and whose turn it is may ask again until it begins', async () => {
    await begin('a');
    expect(pace.place('b')).toBe(pace.place('b'));
    expect(pace.waiting).toBe(1);
    await pass(100);
    expect(pace.place('b')).toBeUndefined();
    expect(pace.place('b')).toBeUndefined();
    await begin('b');
    expect(pace.place('b')).toBeInstanceOf(Promise);
  });

  test('no more are under way than the window allows, and each that ends lets one go', async () => {
    pace = new Pace({ clock, perSecond: 10, window: 2 });
    await begin('a');
    await pass(100);
    await begin('b');
    const turns = turnsOf(['c', 'd']);
    await pass(1_000);
    expect(turns).toEqual([]);
    pace.ended();
    await settle();
    expect(turns).toEqual(['c']);
    await begin('c');
    pace.ended();
    await pass(100);
    expect(turns).toEqual(['c', 'd']);
  });

  test('a turn that nobody uses is given to the next after ten seconds', async () => {
    pace = new Pace({ clock, perSecond: 10, window: 1 });
    expect(pace.place('gone')).toBeUndefined();
    const turns = turnsOf(['b']);
    await pass(9_000);
    expect(turns).toEqual([]);
    await pass(2_000);
    expect(turns).toEqual(['b']);
  });

  test('"too fast" halves the rate, pauses everybody, and makes its chat the next', async () => {
    const flight = await begin('a');
    const turns = turnsOf(['b', 'c']);
    const pause = pace.throttled(flight, 1);
    pace.ended();
    expect(pace.perSecond).toBe(5);
    expect(pause).toBe(1_000);
    const first = turnsOf(['a']);
    await pass(950);
    expect(turns).toEqual([]);
    await pass(50);
    expect(first).toEqual(['a']);
    await pass(150);
    expect(turns).toEqual([]);
    await pass(50);
    expect(turns).toEqual(['b']);
  });

  test('all that was under way when it was said counts once', async () => {
    const flights: Flight[] = [];
    for (const chat of ['a', 'b', 'c', 'd']) {
      flights.push(await begin(chat));
      await pass(100);
    }
    for (const flight of flights) pace.throttled(flight, 1);
    expect(pace.perSecond).toBe(5);
  });

  test('pauses double to a minute and the rate falls to its floor, never to nothing; one text taken ends the pauses', async () => {
    const pauses: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const flight = await begin('a');
      pauses.push(pace.throttled(flight, 1));
      pace.ended();
      await pass(65_000);
    }
    expect(pauses.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    expect(pauses.at(-1)).toBe(60_000);
    expect(pace.perSecond).toBe(0.2);
    const flight = await begin('a');
    pace.accepted();
    expect(pace.perSecond).toBeGreaterThan(0.2);
    expect(pace.throttled(flight, 0)).toBe(500);
  });

  test('what the provider asks for is waited for to the millisecond, whatever fraction of one the clock shows', async () => {
    const odd = new ManualClock(1_193.5009999999759);
    pace = new Pace({ clock: odd, perSecond: 10, window: 100 });
    expect(odd.monotonic() + 7_000 - odd.monotonic()).toBeGreaterThan(7_000);
    expect(pace.throttled(await begin('a'), 1, 7_000)).toBe(7_000);
  });

  test('what the network asks for is kept to the millisecond, the longest of several', async () => {
    const a = await begin('a');
    await pass(100);
    const b = await begin('b');
    expect(pace.throttled(a, 0.3, 7_000)).toBe(7_000);
    expect(pace.throttled(b, 0.3, 9_000)).toBe(9_000);
    const turns = turnsOf(['c']);
    await pass(8_950);
    expect(turns).toEqual([]);
  });

  test('beyond its places it remembers nobody, and says when there is room again', async () => {
    await begin('first');
    const places = Array.from({ length: placesMax }, (_, n) => pace.place(`chat ${n}`));
    expect(new Set(places).size).toBe(placesMax);
    const crowd = pace.place('one too many');
    expect(pace.place('and another')).toBe(crowd);
    expect(pace.waiting).toBe(placesMax);
    expect(clock.timers).toBe(1);
  });

  test('stopped, it leaves no timer and nobody waits for ever', async () => {
    await begin('a');
    const until = pace.place('b');
    pace.stop();
    await expect(until).resolves.toBeUndefined();
    expect(clock.timers).toBe(0);
  });

  test('who waits and is told to stop does not begin', async () => {
    await begin('a');
    const stopping = new AbortController();
    const waiting = pace.begin('b', stopping.signal);
    stopping.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
