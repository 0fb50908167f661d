/** The events that show an edit of the network's belong to the message that was edited: what hides it hides them too. */
import type { EntryOf } from '../../core/entry.ts';
import type { Writing } from '../../storage/database.ts';
import { messageAt } from './message-store.ts';
import { messagesChangedBy } from './remote-message-store.ts';
import { noteShown } from './shown-event-store.ts';

/** `entry` says that a room shows a change; what stands in another room than the message is not noted. */
export async function noteChangeShown({ body, room }: EntryOf<'delivery.outcome'>, writing: Writing): Promise<void> {
  const events = [...(body.eventId === undefined ? [] : [body.eventId]), ...(body.further ?? [])];
  if (events.length === 0) return;
  for (const of of await messagesChangedBy(writing, body.of)) {
    const message = await messageAt(writing, of);
    if (message?.room !== undefined && message.room === room) await noteShown(writing, of, events);
  }
}
