import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Pace } from '../../../src/networks/pace.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const FLOOR = 0.2;

/** A network that takes so many a second, and a house that has messages for several chats. */
class Provider {
  readonly clock = new ManualClock(0);
  readonly pace: Pace;
  readonly took: string[] = [];
  readonly rates: number[] = [];
  refused = 0;
  capacity: number;
  #inSecond: number[] = [];

  constructor(perSecond: number, window: number, capacity: number) {
    this.pace = new Pace({ clock: this.clock, perSecond, window });
    this.capacity = capacity;
  }

  /** Sends one lane's messages in order, each until it is taken. */
  async lane(chat: string, messages: number, answerMs: number): Promise<void> {
    for (let n = 0; n < messages; n += 1) {
      while (!(await this.#try(chat, answerMs))) this.refused += 1;
      this.took.push(`${chat} ${n}`);
    }
  }

  async #try(chat: string, answerMs: number): Promise<boolean> {
    const flight = await this.pace.begin(chat, new AbortController().signal);
    if (flight === undefined) throw new Error('nobody stopped it');
    const takes = this.#takes();
    await new Promise<void>((resolve) => {
      this.clock.after(answerMs, resolve);
    });
    if (takes) this.pace.accepted();
    else this.pace.throttled(flight, 0.5);
    this.rates.push(this.pace.perSecond);
    this.pace.ended();
    return takes;
  }

  #takes(): boolean {
    const now = this.clock.now();
    this.#inSecond = [...this.#inSecond.filter((at) => at > now - 1_000), now];
    return this.#inSecond.length <= this.capacity;
  }

  /** Turns the clock until all is done. */
  async run(lanes: readonly Promise<void>[]): Promise<void> {
    const end = { reached: false };
    const all = Promise.all(lanes).then(() => {
      end.reached = true;
    });
    for (let n = 0; n < 200_000 && !end.reached; n += 1) {
      await new Promise(setImmediate);
      this.clock.advance(Math.max(1, (this.clock.nextAt ?? 0) - this.clock.now()));
    }
    await all;
  }
}

describe('whatever a network takes', () => {
  test('order is kept in each chat, nothing is lost, and the rate stays between its floor and what is configured', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          perSecond: fc.integer({ min: 1, max: 50 }),
          window: fc.integer({ min: 1, max: 10 }),
          capacity: fc.integer({ min: 1, max: 60 }),
          chats: fc.integer({ min: 1, max: 6 }),
          answerMs: fc.integer({ min: 0, max: 700 }),
        }),
        async ({ perSecond, window, capacity, chats, answerMs }) => {
          const provider = new Provider(perSecond, window, capacity);
          const names = Array.from({ length: chats }, (_, n) => `chat${n}`);
          await provider.run(names.map((chat) => provider.lane(chat, 8, answerMs)));
          for (const chat of names) {
            const own = provider.took.filter((one) => one.startsWith(`${chat} `));
            expect(own).toEqual(Array.from({ length: 8 }, (_, n) => `${chat} ${n}`));
          }
          expect(Math.min(...provider.rates)).toBeGreaterThanOrEqual(FLOOR);
          expect(Math.max(...provider.rates)).toBeLessThanOrEqual(perSecond);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('throughput settles near what the network takes, and few are refused for it', async () => {
    const provider = new Provider(40, 10, 10);
    const began = provider.clock.now();
    await provider.run(Array.from({ length: 20 }, (_, n) => provider.lane(`chat${n}`, 25, 40)));
    const seconds = (provider.clock.now() - began) / 1_000;
    expect(500 / seconds).toBeGreaterThan(5);
    expect(500 / seconds).toBeLessThan(10.5);
    expect(provider.refused).toBeLessThan(500 / 5);
  });

  test('after a storm the configured rate is reached again within a bounded number of messages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 30 }),
        async (perSecond, refusals) => {
          const provider = new Provider(perSecond, 4, 0);
          const lane = provider.lane('a', 14 * perSecond + 30, 10);
          for (let n = 0; n < 100_000 && provider.refused < refusals; n += 1) {
            await new Promise(setImmediate);
            provider.clock.advance(Math.max(1, (provider.clock.nextAt ?? 0) - provider.clock.now()));
          }
          provider.capacity = 1_000;
          await provider.run([lane]);
          expect(provider.rates.at(-1)).toBe(perSecond);
        },
      ),
      { numRuns: 25 },
    );
  });
});
