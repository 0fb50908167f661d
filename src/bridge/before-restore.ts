/**
 * Messages that the lost part of a record may have sent. A backup that is gone on from knows them as waiting, or does
 * not know them and gets them from the homeserver anew; whether they went out, nobody here can say. They are told as
 * unclear and never sent by themselves: only a person who asks again sends them.
 */
import type { Millis, Position } from '../core/ids.ts';
import { epochsIn } from '../journal/log/epochs.ts';
import type { Reading } from '../storage/database.ts';

/** In the words of an outcome's detail. */
export const RESTORED_SINCE = 'the record was restored from a backup since';

export async function mayHaveGoneBefore(
  message: { readonly position: Position; readonly at: Millis },
  /** The entry whose task sends it: the message itself, or a person's wish to try again. */
  cause: Position,
  reading: Reading,
): Promise<boolean> {
  const epoch = (await epochsIn(reading)).at(-1);
  if (epoch === undefined) return false;
  const askedSince = cause !== message.position && cause > epoch.restored;
  return !askedSince && (message.position <= epoch.restored || message.at < epoch.at);
}
