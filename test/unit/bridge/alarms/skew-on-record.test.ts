import { describe, expect, test } from '@jest/globals';
import { skewAt, type IndexRow, type SkewReader } from '../../../../src/bridge/alarms/skew-on-record.ts';
import { rememberedSkew } from '../../../../src/bridge/alarms/skew-memory.ts';
import type { Entry } from '../../../../src/core/entry.ts';
import { must, parseMillis, parsePosition, type Position } from '../../../../src/core/ids.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { matrixEntry, text } from '../../bot/samples.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const START = 1_700_000_000_000;
const position = (n: number) => must(parsePosition(n));
const millis = (n: number) => must(parseMillis(n));

/** A record as its index has it: one event after the other, each `tookMs` late by clocks that differ by `skewMs`. */
class Record implements SkewReader {
  readonly all: IndexRow[] = [];
  readonly late = new Set<number>();
  readonly set: Position[] = [];
  asked = 0;
  readonly #byMs = new Map<number, number>();
  #skewMs = 0;
  #time = START;

  events(count: number, more: { tookMs?: number; skewMs?: number; everyMs?: number; direction?: string } = {}): this {
    const { tookMs = 50, skewMs = 0, everyMs = 1_000, direction = 'internal' } = more;
    for (let n = 0; n < count; n += 1) {
      this.#time += everyMs;
      this.#add('matrix.event', millis(this.#time - tookMs), millis(this.#time + skewMs), direction);
    }
    return this;
  }

  /** A backlog: many events at once, the oldest `tookMs` late. */
  backlog(count: number, tookMs: number): this {
    return this.events(count, { tookMs, everyMs: 1 });
  }

  fetched(count: number, tookMs: number): this {
    const from = this.all.length + 1;
    this.backlog(count, tookMs);
    for (let n = from; n < from + count; n += 1) this.late.add(n);
    return this;
  }

  /** The clock is set so that it is `skewMs` ahead from now on. */
  jumped(skewMs: number): this {
    this.#byMs.set(this.all.length + 1, skewMs - this.#skewMs);
    this.#skewMs = skewMs;
    this.#add('clock.jumped', millis(this.#time), millis(this.#time + skewMs), undefined);
    this.set.push(position(this.all.length));
    return this;
  }

  #add(kind: IndexRow['kind'], at: IndexRow['at'], recorded: IndexRow['at'], direction: string | undefined): void {
    const row = { position: position(this.all.length + 1), kind, at, recorded_at: recorded };
    this.all.push(direction === undefined ? row : { ...row, direction });
  }

  rows({ from, to }: { from: Position; to: Position }): Promise<readonly IndexRow[]> {
    this.asked += 1;
    return Promise.resolve(this.all.slice(from - 1, to));
  }

  read(at: Position): Promise<Entry> {
    const entry = matrixEntry(text('x'), { position: at });
    const byMs = this.#byMs.get(at);
    if (byMs !== undefined) return Promise.resolve({ ...entry, kind: 'clock.jumped', body: { byMs } });
    const source = this.late.has(at) ? { ...entry.source, late: { by: 'gap' as const } } : entry.source;
    return Promise.resolve({ ...entry, source });
  }

  size(): Promise<number> {
    return Promise.resolve(this.all.length);
  }

  jumps(): Promise<readonly Position[]> {
    return Promise.resolve(this.set);
  }

  /** How late an entry really was. */
  async took(n: number): Promise<number> {
    const row = this.all[n - 1];
    if (row === undefined) throw new Error(`there is no entry ${String(n)}`);
    return row.recorded_at - row.at - (await skewAt(row.position, this));
  }
}

describe('how far the clocks were apart', () => {
  test.each([0, DAY, -DAY, 600_000])('is what the least delayed event near by says (%i ms)', async (skewMs) => {
    const record = new Record()
      .events(300, { skewMs })
      .events(1, { skewMs, tookMs: 2 * HOUR })
      .events(20, { skewMs });
    expect(await record.took(301)).toBe(2 * HOUR - 50);
    expect(await record.took(300)).toBe(0);
  });

  test('is not learnt from events that were fetched, nor from the one that is judged', async () => {
    const record = new Record().events(1).fetched(40, 3 * HOUR);
    expect(await record.took(20)).toBe(3 * HOUR - 50);
    expect(await new Record().fetched(1, 3 * HOUR).took(1)).toBe(3 * HOUR);
  });

  test('is not learnt from other servers’ events', async () => {
    const record = new Record().events(50).events(10, { tookMs: -HOUR, direction: 'external' }).events(1);
    expect(await record.took(61)).toBe(0);
  });

  test('is known in the midst of a backlog of any size', async () => {
    const record = new Record()
      .events(10)
      .backlog(6_000, 2 * HOUR)
      .events(10);
    for (const n of [11, 700, 3_000, 5_000, 6_010]) expect(await record.took(n)).toBeGreaterThan(HOUR);
  });

  test.each([DAY, -DAY])(
    'changes where our clock was set (by %i ms), also seconds before that was noticed',
    async (ms) => {
      const record = new Record().events(50).events(3, { skewMs: ms }).jumped(ms).events(50, { skewMs: ms });
      for (const n of [1, 50, 51, 53, 55, 104]) expect(Math.abs(await record.took(n))).toBeLessThan(1_000);
    },
  );

  test('is the same when the clock was set back to what it was', async () => {
    const record = new Record().events(50).jumped(DAY).events(50, { skewMs: DAY }).jumped(0).events(50);
    record.events(1, { tookMs: HOUR });
    for (const n of [20, 80, 140]) expect(Math.abs(await record.took(n))).toBeLessThan(1_000);
    expect(await record.took(153)).toBe(HOUR - 50);
  });

  test('stays the same where the computer only stood still', async () => {
    const record = new Record().events(50).events(1, { everyMs: HOUR }).jumped(0).events(50);
    for (const n of [50, 51, 100]) expect(await record.took(n)).toBe(0);
  });

  test.each([DAY, -DAY])('is known for the very first event after the clock was set (by %i ms)', async (ms) => {
    const record = new Record().events(50).events(1, { skewMs: ms }).jumped(ms);
    expect(Math.abs(await record.took(51))).toBeLessThan(1_000);
    record.jumped(0).events(1, { tookMs: HOUR });
    expect(await record.took(54)).toBeGreaterThan(HOUR - 1_000);
  });

  test('is asked anew when the clock turns out to have been set just now', async () => {
    const record = new Record().events(50);
    let wasSet = false;
    const skew = rememberedSkew(record, new ManualClock(), () => Promise.resolve(wasSet));
    expect(await skew(position(50))).toBe(50);
    record.events(1, { skewMs: DAY }).jumped(DAY).events(5, { skewMs: DAY });
    wasSet = true;
    expect(await skew(position(51))).toBe(DAY + 50);
  });

  test('is remembered for a moment', async () => {
    const [record, clock] = [new Record().events(50), new ManualClock()];
    const skew = rememberedSkew(record, clock, () => Promise.resolve(false));
    await skew(position(40));
    const { asked } = record;
    await skew(position(41));
    expect(record.asked).toBe(asked);
    clock.advance(5_000);
    await skew(position(41));
    expect(record.asked).toBeGreaterThan(asked);
  });
});
