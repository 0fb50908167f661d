/** Messages that are taken back where they can't be purged: our own quotes of what went, and a person's words. */
import type { Position } from '../../core/ids.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { GoneEvent } from '../run/gone-notes.ts';
import { patiently, type Patience } from './patient.ts';

export interface TakingBack {
  readonly homeserver: Pick<Homeserver, 'redact' | 'isOurs' | 'takeBack'>;
  readonly patience: Patience;
}

const ERASED = 'erased';

/**
 * In its sender's name: what our own users said by themselves, what others said by the admin's token. The same again, after
 * a crash, takes nothing back twice. @throws HomeserverAway
 */
export async function takenBack(
  event: GoneEvent,
  source: Position,
  { homeserver, patience }: TakingBack,
): Promise<boolean> {
  const { by, room, event: id, position, at, type = 'm.room.message' } = event;
  if (event.state === true) return false;
  if (homeserver.isOurs(by)) {
    const part = `copy-${String(position)}`;
    const done = await patiently(() => homeserver.redact({ as: by, room, event: id, source, part }), patience);
    return done.ok;
  }
  const { takeBack } = homeserver;
  if (takeBack === undefined) return false;
  const done = await patiently(() => takeBack({ sender: by, room, event: id, type, at, reason: ERASED }), patience);
  return done.ok && done.value;
}
