import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { differenceOf, type Side, type Span } from '../../../src/bridge/reconcile/difference.ts';
import { SeenEvents } from '../../../src/bridge/reconcile/seen-events.ts';
import { sameTally, tallyOf } from '../../../src/bridge/reconcile/tally.ts';
import { must, parseMillis } from '../../../src/core/ids.ts';
import type { SeenEvent } from '../../../src/journal/received-sources.ts';

const DAY = 86_400_000;
const day: Span = { from: 0, to: DAY };

interface Told {
  readonly id: number;
  readonly at: number;
  readonly on: 'both' | 'a' | 'b';
}

function keyOf(id: number): Uint8Array {
  return createHash('sha256').update(String(id)).digest();
}
function seen({ id, at }: Told): SeenEvent {
  return { at: must(parseMillis(at)), key: keyOf(id) };
}
function textOf(keys: readonly Uint8Array[]): readonly string[] {
  return keys.map((key) => Buffer.from(key).toString('hex')).sort();
}

/** Counts how often a side is looked at, and the most ids it ever gave at once. */
class Looked implements Side {
  looks = 0;
  most = 0;
  readonly #side: Side;

  constructor(side: Side) {
    this.#side = side;
  }

  tally(span: Span) {
    this.looks += 1;
    return this.#side.tally(span);
  }

  async keys(span: Span) {
    const keys = await this.#side.keys(span);
    this.most = Math.max(this.most, keys.length);
    return keys;
  }
}

const events = fc
  .array(
    fc.record({ at: fc.integer({ min: 0, max: DAY - 1 }), on: fc.constantFrom('both', 'both', 'both', 'a', 'b') }),
    {
      maxLength: 300,
    },
  )
  .map((rows): readonly Told[] => rows.map((row, id) => ({ id, at: row.at, on: row.on === 'both' ? 'both' : row.on })));

function sides(told: readonly Told[]): { readonly a: Looked; readonly b: Looked } {
  const of = (side: 'a' | 'b') => new Looked(new SeenEvents(told.filter(({ on }) => on !== other[side]).map(seen)));
  return { a: of('a'), b: of('b') };
}
const other = { a: 'b', b: 'a' } as const;

describe('two sets of events', () => {
  test('whatever they hold: exactly what only one has is found', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.integer({ min: 1, max: 50 }), async (told, most) => {
        const { a, b } = sides(told);
        const found = await differenceOf({ a, b }, day, most);
        const only = (side: 'a' | 'b') => textOf(told.filter(({ on }) => on === side).map(({ id }) => keyOf(id)));
        expect(textOf(found.onlyA)).toEqual(only('a'));
        expect(textOf(found.onlyB)).toEqual(only('b'));
      }),
      { numRuns: 200 },
    );
  });

  test('are looked at a few times for each difference, not for each event', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 100, max: 400 }), async (missing, equal) => {
        const told: Told[] = Array.from({ length: equal }, (_, id) => ({
          id,
          at: (id * 7919 * 1013) % DAY,
          on: 'both',
        }));
        for (let id = 0; id < missing; id += 1) told.push({ id: equal + id, at: (id * 104_729 * 97) % DAY, on: 'a' });
        const { a, b } = sides(told);
        const found = await differenceOf({ a, b }, day, 1);
        expect(found.onlyA).toHaveLength(missing);
        expect(a.looks).toBe(b.looks);
        // Each difference is followed down one path of halves, and its neighbour half is looked at once.
        expect(a.looks).toBeLessThanOrEqual(1 + missing * 2 * Math.ceil(Math.log2(DAY)));
      }),
      { numRuns: 50 },
    );
  });

  test('that are equal are looked at once, and no id is asked for', async () => {
    const told: Told[] = Array.from({ length: 1_000 }, (_, id) => ({ id, at: id, on: 'both' }));
    const { a, b } = sides(told);
    expect(await differenceOf({ a, b }, day, 10)).toEqual({ onlyA: [], onlyB: [] });
    expect([a.looks, b.looks, a.most, b.most]).toEqual([1, 1, 0, 0]);
  });

  test('are held only a few at a time, however many they are', async () => {
    const told: Told[] = Array.from({ length: 5_000 }, (_, id) => ({
      id,
      at: id * 17_000,
      on: id === 777 ? 'a' : 'both',
    }));
    const { a, b } = sides(told);
    const found = await differenceOf({ a, b }, day, 100);
    expect(textOf(found.onlyA)).toEqual(textOf([keyOf(777)]));
    expect(Math.max(a.most, b.most)).toBeLessThanOrEqual(100);
  });

  test('that differ within one millisecond are told apart all the same', async () => {
    const told: Told[] = Array.from({ length: 20 }, (_, id) => ({ id, at: 5, on: id % 2 === 0 ? 'both' : 'b' }));
    const { a, b } = sides(told);
    expect((await differenceOf({ a, b }, day, 1)).onlyB).toHaveLength(10);
  });
});

describe('a tally', () => {
  test('is the same for the same ids in any order, and another for any other set', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 1 }), fc.nat(), (ids, swap) => {
        const keys = ids.map(keyOf);
        expect(sameTally(tallyOf(keys), tallyOf(keys.toReversed()))).toBe(true);
        expect(sameTally(tallyOf(keys), tallyOf(keys.slice(1)))).toBe(false);
        const others = keys.with(swap % keys.length, keyOf(-1));
        expect(sameTally(tallyOf(keys), tallyOf(others))).toBe(false);
      }),
    );
  });
});
