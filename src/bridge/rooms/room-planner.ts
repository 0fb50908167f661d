/** Which tasks follow from what happens to our rooms and to who is in them: a pure function, like every planner. */
import type { EntryOf } from '../../core/entry.ts';
import { lane, type PortalId } from '../../core/ids.ts';
import type { Planner, TaskDraft } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { isOurUser, kindOfUser } from '../people/our-users.ts';
import { placeOfPortal } from '../portals/portal-store.ts';
import { useOfRoom } from '../portals/room-store.ts';
import { otherRoom, replacementIn, type OtherRoom } from '../portals/room-lineage-store.ts';
import { shownAs } from './shown-as.ts';

type OfEvent = EntryOf<'matrix.event'>;

const NOTHING: readonly TaskDraft[] = [];
/** State of a portal that only @gatehouse is to set. */
const SETTINGS = new Set([
  'm.room.encryption',
  'm.room.join_rules',
  'm.room.guest_access',
  'm.room.history_visibility',
  'm.room.power_levels',
]);

async function afterEvent(entry: OfEvent, reading: Reading, domain: string): Promise<readonly TaskDraft[]> {
  const { body, portal } = entry;
  if (body.state_key === undefined) return NOTHING;
  if (body.type === 'm.room.member') {
    const invited = afterInvitation(entry, await stateOf(entry, reading), domain);
    if (invited.length > 0) return invited;
  }
  if (portal === undefined) return afterOurRoom(entry, reading, domain);
  if ((await placeOfPortal(reading, portal))?.room !== body.room_id) return NOTHING;
  if (body.type === 'm.room.member') return afterMember(entry, portal, domain);
  if (replacementIn(body) !== undefined) return [{ kind: 'moved', lane: lane('in', portal) }];
  return afterSetting(entry, portal, domain);
}

/** What the entry's room is to its portal: `now`, or as the lineage has it. */
async function stateOf(entry: OfEvent, reading: Reading): Promise<'now' | OtherRoom['state'] | undefined> {
  if (entry.portal === undefined) return undefined;
  const other = await otherRoom(reading, entry.body.room_id);
  return other === undefined ? 'now' : other.state;
}

/**
 * One of ours was invited by somebody else. @gatehouse goes where a colleague wants to talk to it (the bot's own task);
 * everywhere else it is decided by a task whether the invitation is meant for a room of ours.
 */
function afterInvitation(
  entry: OfEvent,
  state: Awaited<ReturnType<typeof stateOf>>,
  domain: string,
): readonly TaskDraft[] {
  const { state_key: guest, sender, content, room_id: room } = entry.body;
  if (guest === undefined || content['membership'] !== 'invite') return NOTHING;
  if (isOurUser(sender, domain) || !isOurUser(guest, domain)) return NOTHING;
  // A desk's own bot knows the desks' rooms.
  if (guest === `@compliance:${domain}`) return NOTHING;
  if (guest !== `@gatehouse:${domain}`) return [{ kind: 'invited', lane: lane('room', room) }];
  if (state === 'next' && entry.portal !== undefined) return [{ kind: 'moved', lane: lane('in', entry.portal) }];
  return wantsToTalk(sender, state, domain) ? NOTHING : [{ kind: 'invited', lane: lane('room', room) }];
}

function wantsToTalk(sender: string, state: Awaited<ReturnType<typeof stateOf>>, domain: string): boolean {
  return state === undefined && kindOfUser(sender, domain) === 'local';
}

async function afterOurRoom(entry: OfEvent, reading: Reading, domain: string): Promise<readonly TaskDraft[]> {
  if (replacementIn(entry.body) === undefined || isOurUser(entry.body.sender, domain)) return NOTHING;
  const use = await useOfRoom(reading, entry.body.room_id);
  return use === undefined ? NOTHING : [{ kind: 'room.moved', lane: lane('room', entry.body.room_id) }];
}

function afterMember({ body }: OfEvent, portal: PortalId, domain: string): readonly TaskDraft[] {
  const { state_key: who = '', sender, content } = body;
  const membership = content['membership'];
  const out = membership === 'leave' || membership === 'ban';
  if (who === `@gatehouse:${domain}`) return out ? [{ kind: 'lost', lane: lane('in', portal) }] : NOTHING;
  if (kindOfUser(who, domain) === 'ghost') {
    // A ghost leaves by itself only where the homeserver empties a room that is being deleted.
    const removed = out && sender !== who && !isOurUser(sender, domain);
    return removed ? [{ kind: 'ghost.removed', lane: lane('in', portal) }] : NOTHING;
  }
  return afterPerson({ who, sender, came: membership === 'invite' || membership === 'join' }, portal, domain);
}

/** Whom we bring ourselves is staff. */
function afterPerson(
  { who, sender, came }: { readonly who: string; readonly sender: string; readonly came: boolean },
  portal: PortalId,
  domain: string,
): readonly TaskDraft[] {
  const brought = came && !isOurUser(who, domain) && !isOurUser(sender, domain);
  return brought ? [{ kind: 'outsider', lane: lane('room', portal) }] : NOTHING;
}

/** An encrypted room is closed before the next text is shown in it; everything else waits for nobody. */
function afterSetting({ body }: OfEvent, portal: PortalId, domain: string): readonly TaskDraft[] {
  if (!SETTINGS.has(body.type) || body.state_key !== '' || isOurUser(body.sender, domain)) return NOTHING;
  const family = body.type === 'm.room.encryption' ? 'in' : 'room';
  return [{ kind: 'setting', lane: lane(family, portal) }];
}

/** What an outcome says beside that it was shown, or why it was not sent. */
function afterOutcome(entry: EntryOf<'delivery.outcome'>): readonly TaskDraft[] {
  const { body, portal } = entry;
  if (portal === undefined) return NOTHING;
  if (body.target === 'network') {
    const unsent = body.state === 'failed' && body.reason === 'room-gone';
    return unsent ? [{ kind: 'unsent', lane: lane('room', portal) }] : NOTHING;
  }
  const { byGatehouse, toNobody } = shownAs(body);
  return [
    ...(byGatehouse ? [{ kind: 'ghost.refused', lane: lane('room', portal) }] : NOTHING),
    ...(toNobody ? [{ kind: 'unstaffed', lane: lane('room', portal) }] : NOTHING),
  ];
}

/** A customer's text that could not be shown: nobody in the room knows of it. */
function afterAbandoned({ portal, direction }: EntryOf<'delivery.abandoned'>): readonly TaskDraft[] {
  const lost = portal !== undefined && direction === 'inbound';
  return lost ? [{ kind: 'unshown', lane: lane('room', portal) }] : NOTHING;
}

export function roomPlanner(domain: string): Planner {
  return {
    name: 'rooms',
    reads: ['portals', 'portal-rooms', 'rooms'],
    plan: (entry, reading) => {
      if (entry.kind === 'matrix.event') return afterEvent(entry, reading, domain);
      if (entry.kind === 'delivery.outcome') return Promise.resolve(afterOutcome(entry));
      return Promise.resolve(entry.kind === 'delivery.abandoned' ? afterAbandoned(entry) : NOTHING);
    },
  };
}
