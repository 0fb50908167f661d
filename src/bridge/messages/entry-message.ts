/** Which message an entry says something of. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import { messageByEvent } from './message-store.ts';
import { outboundForm } from './outbound-form.ts';

/** The message itself where the entry is one. Of an edit: the message that it changes, undefined when nobody has it. */
export async function messageOfEntry(entry: Entry | ErasedEntry, reading: Reading): Promise<Position | undefined> {
  if ('erased' in entry) return entry.position;
  // What it is of is the verdict that warned.
  if (entry.kind === 'policy.overridden') return entry.body.message;
  if (entry.kind !== 'matrix.event') return 'of' in entry.body ? entry.body.of : entry.position;
  const form = outboundForm(entry.body);
  if (form.is !== 'edit') return entry.position;
  return (await messageByEvent(reading, entry.body.room_id, form.of))?.position;
}

/**
 * The entry by which somebody asked, in this life of the record, for the message to go out. A decision answers a verdict,
 * which asked on the day it was made; an edit changes a text and asks for nothing that may have been done already.
 */
export function askedBy(entry: Entry | ErasedEntry, message: Position): Position {
  if ('erased' in entry) return entry.position;
  if (entry.kind === 'policy.approved') return entry.body.verdict;
  if (entry.kind === 'policy.overridden') return entry.body.of;
  return entry.kind === 'matrix.event' ? message : entry.position;
}
