/** The message of the same id that is on record already, in other words: what comes is one more thing said of it. */
import type { EntryOf } from '../../core/entry.ts';
import type { Reading } from '../../storage/database.ts';
import { messageAt, type Message } from './message-store.ts';

/** Undefined for a message that is told for the first time. It may stand in another chat. */
export async function toldBefore(
  { source, body }: EntryOf<'network.message'>,
  reading: Reading,
): Promise<Message | undefined> {
  const { conflictWith } = source;
  if (conflictWith === undefined || body.remoteId === undefined) return undefined;
  const message = await messageAt(reading, conflictWith);
  return message?.direction === 'inbound' ? message : undefined;
}
