/** A portal's room is lost: on record at once, and compliance is told. The customer's next message opens a new one. */
import { lineNameOf } from '../portals/line-name.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { roomGoneDraft } from '../drafts.ts';
import { isGone, turnOf } from '../homeserver-turn.ts';
import { portalById } from '../portals/portal-store.ts';
import { contactTitle } from '../portals/shown-name.ts';
import { tellDesks } from '../tell-desks.ts';

const DONE: Turn = { to: 'done' };

/**
 * Task `lost`: @gatehouse is no longer in a portal. It goes back once where the room lets it in, by its rules or by an
 * invitation; a ban, or a door that is shut, is the end of that room.
 */
export function createLostHandler(deps: BridgeDeps): TaskHandler {
  const { homeserver, clock, journal } = deps;
  return async (_task, entry) => {
    if ('erased' in entry || entry.kind !== 'matrix.event' || entry.portal === undefined) return DONE;
    const { portal: id } = entry;
    const room = entry.body.room_id;
    const portal = await journal.views.read((reading) => portalById(reading, journal.views.sealer, id));
    if (portal?.room !== room) return DONE;
    const as = homeserver.gatehouse;
    const back = await homeserver.ensureJoined({ as, room, inviter: as });
    if (back.ok) return DONE;
    if (!isGone(back.error) && back.error.kind !== 'refused') return turnOf(back.error);
    return { to: 'done', entries: [roomGoneDraft(clock.now(), { room, portal: id, why: 'removed' })] };
  };
}

const WHY: Readonly<Record<string, string>> = {
  removed: '@gatehouse was removed from it',
  encrypted: "it was encrypted, and Gatehouse can't read it",
  forbidden: 'Gatehouse is no longer let in',
  'not-found': 'it was deleted',
};

/** Task `room.gone`: tells every desk, with a message that sounds. */
export function createRoomGoneHandler(deps: BridgeDeps): TaskHandler {
  const { journal, lines } = deps;
  return async (_task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'room.gone' || entry.body.portal === undefined) return DONE;
    const id = entry.body.portal;
    const portal = await journal.views.read((reading) => portalById(reading, journal.views.sealer, id));
    if (portal === undefined) return DONE;
    const title = contactTitle(portal);
    const why = WHY[entry.body.why] ?? entry.body.why;
    const text = `The chat with ${title} on ${lineNameOf(portal.line, lines)} lost its room: ${why}. The next message from the customer opens a new one.`;
    const told = await tellDesks({ text, source: entry.position, part: 'gone', look: context.mayRepeat }, deps);
    return told.ok ? DONE : turnOf(told.error);
  };
}
