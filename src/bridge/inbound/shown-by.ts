/** What the outcome of something that a room shows says: by which events, and which of its files follow. */
import type { EntryBodies } from '../../core/entry.ts';
import type { EventId } from '../../core/ids.ts';
import type { FilesToShow } from '../files/message-files.ts';

export function shownBy(
  [eventId, ...further]: readonly EventId[],
  files: FilesToShow | undefined,
): Omit<EntryBodies['delivery.outcome'], 'of'> {
  const lacking = files?.lacking ?? [];
  return {
    ...{ target: 'matrix', state: 'sent' },
    ...(eventId === undefined ? {} : { eventId }),
    ...(further.length === 0 ? {} : { further }),
    ...(lacking.length === 0 ? {} : { lacking }),
  };
}
