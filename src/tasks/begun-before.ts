/**
 * Which tasks an earlier process may have acted on. The tasks of a lane run one after the other, and the next begins when
 * the end of the one before is on disk: so only those that stood first in their lanes when this process began, and those
 * that were noted as running when an earlier one died, for a person may have put another before them since. All others
 * act without looking whether they did already. A restore brings back tasks that the lost part of the record may have
 * ended: what is older than the newest epoch may all have begun.
 */
import type { TaskId } from '../core/ids.ts';
import { epochsIn } from '../journal/log/epochs.ts';
import type { Reading } from '../storage/database.ts';
import { idsOfHeads } from './open-tasks.ts';
import type { Task } from './task.ts';
import type { TurnNotes } from './turn-notes.ts';

/** Lanes with something to do at a start; with more of them every task that was there may have begun. */
export const headsMax = 50_000;

export interface BegunBefore {
  has(task: Pick<Task, 'id' | 'position'>): boolean;
}

/** Read before the first task is taken up. @param upTo the newest position on record */
export async function begunBefore(
  reading: Reading,
  { upTo, notes, max = headsMax }: { readonly upTo: number; readonly notes: TurnNotes; readonly max?: number },
): Promise<BegunBefore> {
  const restored = (await epochsIn(reading)).at(-1)?.began ?? 0;
  const heads = await idsOfHeads(reading, { upTo, limit: max + 1 });
  const begun = new Set<TaskId>([...heads, ...notes.held.keys()]);
  const all = heads.length > max ? upTo : restored;
  return { has: ({ id, position }) => position <= all || begun.has(id) };
}
