/**
 * `hold.tell` and `hold.acknowledge`: @gatehouse asks each custodian of a hold, in the chat with them, to keep what is
 * theirs, and puts on record that they confirmed it. What the hold covers is not told: that is between officers.
 */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import type { EventId, HoldId, Position, RoomId, UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Journal, Views } from '../../journal/journal.ts';
import type { DeskHolds } from '../../retention/holds/desk-holds.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { personShown } from '../compliance/ended-words.ts';
import { tapIn } from '../compliance/tap.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { sourceSaid } from '../portals.ts';
import { ensureStaffRoom, type StaffRooms } from './staff-rooms.ts';

export interface HoldToldDeps {
  readonly rooms: StaffRooms;
  readonly homeserver: Pick<Homeserver, 'send' | 'findEcho' | 'upload' | 'gatehouse' | 'isOurs'>;
  readonly journal: { readonly views: Views; readonly read: Journal['read'] };
  readonly holds: Pick<DeskHolds, 'custodians' | 'acknowledge'>;
  /** Undefined where the archive never saw it. */
  readonly entryOfEvent: (event: EventId) => Promise<Entry | ErasedEntry | undefined>;
}

const DONE: Turn = { to: 'done' };

/** Killed between two of them, it finds whom it told and goes on. */
export function holdToldTask(deps: HoldToldDeps): TaskHandler {
  return async (task, entry, context) => {
    const told = 'erased' in entry ? undefined : toldBy(entry);
    if (told === undefined) return DONE;
    const look = context.mayRepeat || task.attempts > 0;
    let failed: Turn | undefined;
    for (const { user } of await deps.holds.custodians(told.placed)) {
      const turn = await tell(deps, { user, text: told.text, source: entry.position, look });
      // Somebody whose chat can't be made keeps no other from hearing it.
      if (turn.to !== 'done') failed ??= turn;
    }
    return failed ?? DONE;
  };
}

function toldBy(entry: Entry): { readonly placed: Position; readonly text: string } | undefined {
  switch (entry.kind) {
    case 'hold.placed':
      return { placed: entry.position, text: keepWords(entry.body.hold, entry.body.by) };
    case 'hold.released':
      return { placed: entry.body.placed, text: overWords(entry.body.hold) };
    default:
      return undefined;
  }
}

interface Telling {
  readonly user: UserId;
  readonly text: string;
  readonly source: Position;
  readonly look: boolean;
}

async function tell({ rooms, homeserver }: HoldToldDeps, { user, text, source, look }: Telling): Promise<Turn> {
  const room = await ensureStaffRoom(rooms, user);
  if (!room.ok) return turnAfter(room.error);
  const at = { as: homeserver.gatehouse, room: room.value, source, part: `hold-${user}` };
  const sent = await sendOnce(homeserver, { ...at, type: 'm.room.message', content: contentOf(user, text) }, look);
  return sent.ok ? DONE : turnAfter(sent.error);
}

function keepWords(hold: HoldId, by: UserId): string {
  return [
    `Please keep everything about the matter ${hold}: messages, files, papers, on any device. Delete and change none of it.`,
    `${personShown(by)} of compliance asks you to. What is written here is kept by itself.`,
    'Tap ✅ to show that you read this.',
  ].join('\n');
}

function overWords(hold: HoldId): string {
  return `The matter ${hold} is over: what you kept for it may go again.`;
}

function contentOf(user: UserId, text: string): JsonObject {
  return {
    msgtype: 'm.text',
    body: text,
    format: 'org.matrix.custom.html',
    formatted_body: escapeHtml(text).replace(/\n/gu, '<br>'),
    'm.mentions': { user_ids: [user] },
  };
}

/** A message may be tapped before it has come back to us: looked for again, for ten seconds. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 2_000;

/** A ✅ in somebody's chat with @gatehouse: on anything but the words about a hold it means nothing here. */
export function holdAcknowledgeTask(deps: HoldToldDeps): TaskHandler {
  return async (task, entry) => {
    if ('erased' in entry || entry.kind !== 'matrix.event') return DONE;
    const tap = tapIn(entry.body);
    if (tap?.says !== 'yes') return DONE;
    const on = await deps.entryOfEvent(tap.on);
    if (on === undefined) {
      return task.attempts < LOOKS ? { to: 'retry', reason: 'homeserver-refused', afterMs: LOOK_AGAIN_MS } : DONE;
    }
    const placed = await toldIn(deps, on, entry.body.room_id);
    if (placed !== undefined) await deps.holds.acknowledge(placed, entry.body.sender);
    return DONE;
  };
}

/** The hold that our message told of. */
async function toldIn(deps: HoldToldDeps, on: Entry | ErasedEntry, room: RoomId): Promise<Position | undefined> {
  const { journal, homeserver } = deps;
  const about = await sourceSaid({ views: journal.views, isOurs: (user) => homeserver.isOurs(user) }, room, on);
  const told = about === undefined ? undefined : await journal.read(about);
  return told === undefined || 'erased' in told || told.kind !== 'hold.placed' ? undefined : told.position;
}
