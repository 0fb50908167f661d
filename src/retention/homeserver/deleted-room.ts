import type { EntryBodies } from '../../core/entry.ts';

/** Why a room is gone that a run deletes: nobody comes back to it. */
export const DELETED = 'retention: all of it is over';

export function isDeleted({ why }: EntryBodies['room.gone']): boolean {
  return why === DELETED;
}
