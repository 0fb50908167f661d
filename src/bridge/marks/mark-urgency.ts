/**
 * How urgent a mark is. The marks of a portal are one lane, so what stands at its head is as urgent as what waits behind
 * it: a reason that a person must read, or the mark of a message that was written just now.
 */
import type { Entry } from '../../core/entry.ts';
import type { Reading } from '../../storage/database.ts';
import type { Urgency } from './mark-queue.ts';
import { hasFailedAfter, newestOutbound } from './mark-order-store.ts';
import type { Message } from '../messages/message-store.ts';

interface MarkAsked {
  readonly message: Pick<Message, 'position' | 'portal' | 'generation'>;
  readonly entry: Pick<Entry, 'position'>;
}

/** `toRead`: it comes with words of its own. */
export async function urgencyOf(reading: Reading, { message, entry }: MarkAsked, toRead: boolean): Promise<Urgency> {
  const { portal, generation, position } = message;
  if (toRead || (await hasFailedAfter(reading, portal, entry.position))) return { is: 'to-read' };
  // Somebody who asked for it again is looking at it now, however old it is.
  const own = generation > 0 ? entry.position : position;
  return { is: 'mark', newest: Math.max(own, (await newestOutbound(reading, portal)) ?? 0) };
}
