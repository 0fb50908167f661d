/**
 * Which message must go out before another one. What staff wrote is sent in the order in which it came on record; a
 * message that came late, and goes out only if nothing written after it has, goes before those that still wait.
 */
import type { Position } from '../../core/ids.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { mustGoFirst, needsSkew, TOO_OLD_MS } from './lateness.ts';
import { waitingWrittenBefore } from '../messages/late-message-store.ts';
import type { Message } from '../messages/message-store.ts';

/**
 * The earliest message that `message` must not overtake and whose turn comes after `turn`; undefined when it may go.
 * Only what came on record after `turn` counts, so that nobody waits for the same one twice.
 */
export async function writtenEarlier(
  message: Message,
  turn: Position,
  { journal, skewAt }: Pick<BridgeDeps, 'journal' | 'skewAt'>,
): Promise<Position | undefined> {
  const within = { turn, withinMs: TOO_OLD_MS };
  const before = await journal.views.read((reading) => waitingWrittenBefore(reading, message, within));
  for (const one of before) {
    const skewMs = needsSkew(one) ? await skewAt?.(one.position) : 0;
    if (mustGoFirst(one, skewMs)) return one.position;
  }
  return undefined;
}
