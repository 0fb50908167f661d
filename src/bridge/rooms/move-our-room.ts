/** Task `room.moved`: a line's space, a desk or a staff member's chat was replaced; from here on the new room is it. */
import type { RoomUse } from '../../core/entry.ts';
import type { RoomId } from '../../core/ids.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { roomGoneDraft, roomMadeDraft } from '../drafts.ts';
import { turnOf } from '../homeserver-turn.ts';
import { lineNameOf } from '../portals/line-name.ts';
import { useOfRoom } from '../portals/room-store.ts';
import { enterReplacement } from './enter-replacement.ts';
import { personName } from './person-name.ts';
import { replacementIn } from '../portals/room-lineage-store.ts';

const DONE: Turn = { to: 'done' };
const PATIENCE_TRIES = 6;
const AGAIN_MS = 3_000;

export function createRoomMovedHandler(deps: BridgeDeps): TaskHandler {
  const { homeserver, journal, clock, warnings } = deps;
  return async (task, entry) => {
    if ('erased' in entry || entry.kind !== 'matrix.event') return DONE;
    const from = entry.body.room_id;
    const to = replacementIn(entry.body);
    const use = await journal.views.read((reading) => useOfRoom(reading, from));
    if (to === undefined || use === undefined) return DONE;
    const as = use.kind === 'desk' ? homeserver.compliance : homeserver.gatehouse;
    const entered = await enterReplacement({ as, from, to }, homeserver);
    if (entered.ok) {
      warnings.clear(warningOf(from));
      return { to: 'done', entries: [roomMadeDraft(clock.now(), { room: to, use }), gone(deps, from)] };
    }
    if (entered.error.kind !== 'not-entered') return turnOf(entered.error);
    if (entered.error.why === 'shut' && task.attempts < PATIENCE_TRIES) {
      return { to: 'retry', reason: 'homeserver-refused', afterMs: AGAIN_MS };
    }
    warnings.set(
      warningOf(from),
      `${nameOf(use, deps)} was replaced by a room that can't be used (${WHY[entered.error.why]}). The old room is used as far as it goes.`,
    );
    return DONE;
  };
}

const WHY = {
  shut: 'our bot was not invited there',
  other: 'it does not follow the old one',
  encrypted: 'it is encrypted',
} as const;

function gone({ clock }: BridgeDeps, room: RoomId) {
  return roomGoneDraft(clock.now(), { room, why: 'replaced' });
}

function warningOf(room: RoomId): string {
  return `room-replaced:${room}`;
}

function nameOf(use: RoomUse, { lines }: BridgeDeps): string {
  switch (use.kind) {
    case 'space':
      return `The space of ${lineNameOf(use.line, lines)}`;
    case 'desk':
      return `The compliance room ${use.desk}`;
    case 'staff':
      return `The chat of ${personName(use.user)} with @gatehouse`;
  }
}
