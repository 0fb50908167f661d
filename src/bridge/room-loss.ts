/** A portal's room is lost: on record at once, and compliance is told. The customer's next message opens a new one. */
import { lineNameOf } from './line-name.ts';
import type { Position, RoomId } from '../core/ids.ts';
import { ok } from '../core/result.ts';
import type { TaskHandler, Turn } from '../tasks/task.ts';
import type { BridgeDeps } from './bridge-deps.ts';
import { roomGoneDraft } from './drafts.ts';
import { turnOf } from './homeserver-turn.ts';
import { portalById } from './portal-store.ts';
import { deskRooms, roomFacts } from './room-store.ts';
import { contactTitle } from './shown-name.ts';

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
  const { homeserver, journal, lines } = deps;
  return async (_task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'room.gone' || entry.body.portal === undefined) return DONE;
    const id = entry.body.portal;
    const { portal, desks } = await journal.views.read(async (reading) => ({
      portal: await portalById(reading, journal.views.sealer, id),
      desks: await deskRooms(reading),
    }));
    if (portal === undefined) return DONE;
    const title = contactTitle(portal);
    const body = `The chat with ${title} on ${lineNameOf(portal.line, lines)} lost its room (${entry.body.why}). The next message from the customer opens a new one.`;
    for (const room of desks) {
      const sent = await tellDesk({ room, body, source: entry.position, look: context.mayRepeat });
      if (!sent.ok) return turnOf(sent.error);
    }
    return DONE;
  };

  async function tellDesk(told: { room: RoomId; body: string; source: Position; look: boolean }) {
    const event = { as: homeserver.compliance, room: told.room, source: told.source, part: `gone-${told.room}` };
    const before = told.look ? await homeserver.findEcho(event) : ok(undefined);
    if (!before.ok || before.value !== undefined) return before;
    const content = { msgtype: 'm.text', body: told.body, 'm.mentions': { user_ids: await people(told.room) } };
    return homeserver.send({ ...event, type: 'm.room.message', content });
  }

  async function people(room: RoomId) {
    const facts = await journal.views.read((reading) => roomFacts(reading, journal.views.sealer, room));
    return (facts?.members ?? []).map((member) => member.user).filter((user) => !homeserver.isOurs(user));
  }
}
