/** Which tasks of the bots follow from an entry: a pure function of the entry and of which rooms are the bots'. */
import { looksLikeCommand } from '../core/command-text.ts';
import type { Entry, EntryOf } from '../core/entry.ts';
import { lane, type RoomId } from '../core/ids.ts';
import { kindOfUser } from '../bridge/people/our-users.ts';
import type { Planner, TaskDraft } from '../journal/projection.ts';
import type { Reading } from '../storage/database.ts';
import { isForDesk } from './compliance/desk-prefix.ts';
import { tapIn, thumbOn } from './compliance/tap.ts';
import { incoming, type Incoming } from './incoming.ts';
import { ourRoom, saidInRoom } from './our-room-store.ts';

type StaffTask =
  'staff.command' | 'staff.greet' | 'staff.encrypted' | 'staff.welcome' | 'staff.where' | 'hold.acknowledge';

function staffTask(kind: StaffTask, room: RoomId): readonly TaskDraft[] {
  return [{ kind, lane: lane('staff', room) }];
}

async function plan(entry: Entry, reading: Reading, domain: string): Promise<readonly TaskDraft[]> {
  switch (entry.kind) {
    case 'room.made':
      return entry.body.use.kind === 'staff' ? staffTask('staff.welcome', entry.body.room) : [];
    case 'portal.opened':
      return staffTask('staff.where', entry.body.room);
    case 'matrix.event':
      return planEvent(entry, reading, domain);
    case 'policy.unmasked':
      return [{ kind: 'policy.unmasked-told', lane: lane('desk', entry.body.room) }];
    default:
      return [];
  }
}

async function planEvent(
  entry: EntryOf<'matrix.event'>,
  reading: Reading,
  domain: string,
): Promise<readonly TaskDraft[]> {
  const { body } = entry;
  if (isMember(body, `@compliance:${domain}`)) return planCompliance(entry, reading, domain);
  if (kindOfUser(body.sender, domain) !== 'local') return [];
  switch (body.type) {
    case 'm.room.message':
      return planMessage(entry, reading);
    case 'm.room.member': {
      const invited = body.state_key === `@gatehouse:${domain}` && body.content['membership'] === 'invite';
      return invited && entry.portal === undefined ? staffTask('staff.greet', body.room_id) : [];
    }
    case 'm.room.encryption':
      return (await gatehouseIsIn(entry, reading)) ? staffTask('staff.encrypted', body.room_id) : [];
    default:
      return planTap(entry, reading);
  }
}

function isMember({ type, state_key }: EntryOf<'matrix.event'>['body'], user: string): boolean {
  return type === 'm.room.member' && state_key === user;
}

/** @compliance lost its place at a desk, whoever took it, or is wanted somewhere. */
async function planCompliance(
  { body }: EntryOf<'matrix.event'>,
  reading: Reading,
  domain: string,
): Promise<readonly TaskDraft[]> {
  const { room_id: room, content } = body;
  if (content['membership'] === 'invite') {
    const other = kindOfUser(body.sender, domain) === 'local' || kindOfUser(body.sender, domain) === 'foreign';
    return other ? [{ kind: 'desk.invited', lane: lane('desk', room) }] : [];
  }
  if (content['membership'] !== 'leave' && content['membership'] !== 'ban') return [];
  const desk = (await ourRoom(reading, room))?.kind === 'desk';
  return desk ? [{ kind: 'desk.lost', lane: lane('desk', room) }] : [];
}

async function planMessage(entry: EntryOf<'matrix.event'>, reading: Reading): Promise<readonly TaskDraft[]> {
  const message = incoming(entry);
  if (message === undefined) return [];
  const { room } = message;
  if (entry.portal !== undefined) return looksLikeCommand(message.text) ? staffTask('staff.command', room) : [];
  return planOurs(message, reading);
}

/** In a chat with @gatehouse or at a desk. */
async function planOurs(message: Incoming, reading: Reading): Promise<readonly TaskDraft[]> {
  const { room } = message;
  if (!message.plain && message.card === undefined) return [];
  const ours = await ourRoom(reading, room);
  if (ours?.kind === 'staff') return staffTask('staff.command', room);
  if (!message.plain) return [];
  return ours?.kind === 'desk' && isForDesk(message.text) ? [{ kind: 'desk.command', lane: lane('desk', room) }] : [];
}

/** Whoever taps, and whatever it is that they tap: what it means is found when it is done. */
async function planTap({ body }: EntryOf<'matrix.event'>, reading: Reading): Promise<readonly TaskDraft[]> {
  if (tapIn(body) === undefined) return planThumb(body, reading);
  switch ((await ourRoom(reading, body.room_id))?.kind) {
    case 'desk':
      return [{ kind: 'policy.decide', lane: lane('desk', body.room_id) }];
    case 'staff':
      return staffTask('hold.acknowledge', body.room_id);
    case undefined:
      return [];
  }
}

/** Whoever means a decision, and taps what is none. */
async function planThumb(body: EntryOf<'matrix.event'>['body'], reading: Reading): Promise<readonly TaskDraft[]> {
  if (thumbOn(body) === undefined || (await ourRoom(reading, body.room_id))?.kind !== 'desk') return [];
  return [{ kind: 'desk.tap-hint', lane: lane('desk', body.room_id) }];
}

async function gatehouseIsIn(entry: EntryOf<'matrix.event'>, reading: Reading): Promise<boolean> {
  if (entry.portal !== undefined || entry.body.state_key !== '') return false;
  const { room_id: room } = entry.body;
  return (await ourRoom(reading, room))?.kind === 'staff' || (await saidInRoom(reading, room, 'greeted')) !== undefined;
}

export function botPlanner(domain: string): Planner {
  return { name: 'bot', reads: ['bot-rooms'], plan: (entry, reading) => plan(entry, reading, domain) };
}
