/** The supervising's part in the writer: what it must remember, and which changes are looked at and told. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import { lane, type RoomId } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { changeIn, type Whose } from './room-change.ts';
import { SUPERVISED, supervisedProjection, switchedBy } from './supervised-store.ts';

/** A room was changed: undone where it can be, and put on record. */
export const CHANGED = 'policy.supervised';
export const CHANGED_TOLD = 'policy.supervised-told';
export const CROSSED_TOLD = 'policy.barrier-told';

export interface SupervisedPart extends Whose {
  /** A desk, a space, a chat with @gatehouse: what is ours to keep in order. */
  readonly isOurRoom: (reading: Reading, room: RoomId) => Promise<boolean>;
  /** Projections that `isOurRoom` reads. */
  readonly reads: readonly string[];
}

async function plan(entry: Entry, reading: Reading, part: SupervisedPart): Promise<readonly TaskDraft[]> {
  switch (entry.kind) {
    case 'matrix.event':
      return (await isSeenTo(entry, reading, part)) ? [{ kind: CHANGED, lane: lane('room', entry.body.room_id) }] : [];
    case 'policy.room-changed':
      return [{ kind: CHANGED_TOLD, lane: lane('room', entry.body.room) }];
    case 'policy.barrier-crossed':
      return entry.body.over ? [] : [{ kind: CROSSED_TOLD, lane: lane('room', entry.body.room) }];
    default:
      return [];
  }
}

/** Portals are kept in order by the bridge; only that their messages are to be deleted is nobody else's. */
async function isSeenTo(entry: EntryOf<'matrix.event'>, reading: Reading, part: SupervisedPart): Promise<boolean> {
  const change = changeIn(entry.body, part);
  if (change === undefined || change === 'retention') return change === 'retention';
  if (entry.portal !== undefined) return false;
  return change === 'encrypted' ? switchedBy(reading, entry) : part.isOurRoom(reading, entry.body.room_id);
}

export function supervisedWriterPart(part: SupervisedPart): WriterPart {
  return {
    projections: [supervisedProjection],
    planners: [
      {
        name: SUPERVISED,
        reads: [SUPERVISED, ...part.reads],
        plan: (entry, reading) => plan(entry, reading, part),
      },
    ],
  };
}
