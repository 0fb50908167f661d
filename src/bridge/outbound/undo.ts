/** A line's `undo`: for so long a message waits, and whoever wrote it can still take it back. */
import { leftOf, wait, type Clock } from '../../core/clock.ts';
import type { Line } from '../../core/line.ts';
import type { Turn } from '../../tasks/task.ts';
import type { Message } from '../messages/message-store.ts';

interface Undoing {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Undefined once it may go; a message that is asked for again has had its time. */
export function undoable(
  { recordedAt, generation }: Message,
  { undoMs }: Line,
  { clock, signal }: Undoing,
): Turn | undefined {
  if (undoMs === undefined || generation > 0) return undefined;
  const left = leftOf(undoMs, recordedAt, clock);
  return left > 0 ? { to: 'aside', until: wait(clock, left, signal) } : undefined;
}
