/**
 * The mark that every event of ours carries: which entry it shows, and which part of it. Anyone can write this key: it
 * counts from our own users only. After a restore positions are given again, so from the second epoch of the log on the
 * mark says which epoch its position is of; in the first it is left out.
 */
import { parsePosition, type Position } from './ids.ts';
import { isJsonObject, type JsonObject } from './json.ts';

export const SOURCE_KEY = 'org.gatehouse.source';

/** The epoch that a position of our journal belongs to: 1 until a restore begins the next. */
export type EpochOf = (position: Position) => number;

/** For a journal that was never restored. */
export const firstEpoch: EpochOf = () => 1;

export interface ShownSource {
  readonly position: Position;
  readonly part: string;
  readonly epoch: number;
}

/** What goes under `SOURCE_KEY`. */
export function sourceMark({ position, part, epoch }: ShownSource): JsonObject {
  return epoch === 1 ? { position, part } : { position, part, epoch };
}

/** The mark in an event's content; undefined where there is none, or one that can't be ours. */
export function sourceOf(content: Readonly<Record<string, unknown>>): ShownSource | undefined {
  const mark = content[SOURCE_KEY];
  if (!isJsonObject(mark) || typeof mark['part'] !== 'string') return undefined;
  const position = parsePosition(mark['position']);
  const epoch = mark['epoch'] ?? 1;
  if (!position.ok || typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 1) return undefined;
  return { position: position.value, part: mark['part'], epoch };
}
