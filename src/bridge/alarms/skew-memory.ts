/** Remembers for a moment how far the clocks were apart, so that a burst of messages asks the record once. */
import type { Clock } from '../../core/clock.ts';
import type { Position } from '../../core/ids.ts';
import { Recent } from '../recent.ts';
import { skewAt, type SkewReader } from './skew-on-record.ts';

/** Entries that share an answer: those that came together. */
const TOGETHER = 64;
/** What comes next may tell more. */
const FRESH_MS = 5_000;
const REMEMBERED = 64;

export type SkewAt = (position: Position) => Promise<number>;

/** `look`: whether the clock was set just now is on record when it resolves; true when it was. */
export function rememberedSkew(
  reader: SkewReader,
  clock: Pick<Clock, 'monotonic'>,
  look: () => Promise<boolean>,
): SkewAt {
  const known = new Recent<number, { readonly at: number; readonly skew: Promise<number> }>(REMEMBERED);
  return async (position) => {
    if (await look()) known.clear();
    const key = Math.floor(position / TOGETHER);
    const now = clock.monotonic();
    const before = known.get(key);
    if (before !== undefined && now - before.at < FRESH_MS) return await before.skew;
    const skew = skewAt(position, reader);
    known.set(key, { at: now, skew });
    return await skew;
  };
}
