/** A portal's room is lost: on record at once, and compliance is told. The customer's next message opens a new one. */
import { lineNameOf } from './line-name.ts';
import type { TaskHandler, Turn } from '../tasks/task.ts';
import type { BridgeDeps } from './bridge-deps.ts';
import { roomGoneDraft } from './drafts.ts';
import { turnOf } from './homeserver-turn.ts';
import { portalById } from './portal-store.ts';
import { contactTitle } from './shown-name.ts';
import { tellDesks } from './tell-desks.ts';

const DONE: Turn = { to: 'done' };

/** Task `lost`: @gatehouse was removed from a portal. */
export function createLostHandler(deps: BridgeDeps): TaskHandler {
  return (_task, entry) => {
    if ('erased' in entry || entry.kind !== 'matrix.event' || entry.portal === undefined) return Promise.resolve(DONE);
    const body = { room: entry.body.room_id, portal: entry.portal, why: 'removed' };
    return Promise.resolve({ to: 'done', entries: [roomGoneDraft(deps.clock.now(), body)] });
  };
}

/** Task `room.gone`: tells every desk, with a message that sounds. */
export function createRoomGoneHandler(deps: BridgeDeps): TaskHandler {
  const { journal, lines } = deps;
  return async (_task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'room.gone' || entry.body.portal === undefined) return DONE;
    const id = entry.body.portal;
    const portal = await journal.views.read((reading) => portalById(reading, journal.views.sealer, id));
    if (portal === undefined) return DONE;
    const title = contactTitle(portal);
    const text = `The chat with ${title} on ${lineNameOf(portal.line, lines)} lost its room (${entry.body.why}). The next message from the customer opens a new one.`;
    const told = await tellDesks({ text, source: entry.position, part: 'gone', look: context.mayRepeat }, deps);
    return told.ok ? DONE : turnOf(told.error);
  };
}
