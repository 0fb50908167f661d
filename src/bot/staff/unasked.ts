/** `staff.welcome`, `staff.greet`, `staff.encrypted`: what @gatehouse says in a room by itself, once. */
import type { Clock } from '../../core/clock.ts';
import type { Draft, Entry, ErasedEntry } from '../../core/entry.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import type { RoomId, UserId } from '../../core/ids.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import { roomOfUse } from '../../bridge/portals/room-store.ts';
import type { Views } from '../../journal/journal.ts';
import type { Task, TaskHandler, Turn, TurnContext } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { saidInRoom, saidToUser, type Notice } from '../our-room-store.ts';
import { roomLink } from '../quote.ts';
import { cannotRead, firstDay, writeThere, type Recording } from './staff-words.ts';

export interface UnaskedDeps {
  readonly homeserver: Pick<
    Homeserver,
    'send' | 'findEcho' | 'upload' | 'ensureJoined' | 'state' | 'gatehouse' | 'domain'
  >;
  readonly views: Views;
  readonly clock: Pick<Clock, 'now'>;
  readonly recording: Recording;
}

interface Saying {
  readonly room: RoomId;
  readonly user: UserId;
  readonly text: string;
  readonly notices: readonly Notice[];
  /** A reaction of ours, for the reader to tap. */
  readonly tap?: string;
}

/** One to whom a chat was made is told about recording: once, whatever becomes of the room. */
export function welcomeTask(deps: UnaskedDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    if (entry.kind !== 'room.made' || 'erased' in entry || entry.body.use.kind !== 'staff') return { to: 'done' };
    const { user } = entry.body.use;
    const { views } = deps;
    const told = await views.read((reading) => saidToUser(reading, views.sealer, { user, notice: 'first-day' }));
    if (told !== undefined) return { to: 'done' };
    const saying = {
      room: entry.body.room,
      user,
      text: firstDay(deps.recording),
      notices: ['first-day'],
      tap: '✅',
    } as const;
    return say(deps, saying, { task, entry, context });
  };
}

/** Somebody invited @gatehouse: it comes, and says where it can be written to. */
export function greetTask(deps: UnaskedDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    if (entry.kind !== 'matrix.event' || 'erased' in entry) return { to: 'done' };
    const { room_id: room, sender } = entry.body;
    const joined = await deps.homeserver.ensureJoined({ as: deps.homeserver.gatehouse, room, inviter: sender });
    // The invite was taken back, or the room is gone: there is nobody to tell.
    if (!joined.ok) return joined.error.kind === 'forbidden' ? { to: 'done' } : turnAfter(joined.error);
    const encrypted = await isEncrypted(deps, room);
    if (!encrypted.ok) return turnAfter(encrypted.error);
    const link = await linkFor(deps, sender);
    if (encrypted.value) return sayOnceInRoom(deps, tellElsewhere(room, sender, link), { task, entry, context });
    return sayOnceInRoom(
      deps,
      { room, user: sender, text: writeThere(link), notices: ['greeted'] },
      { task, entry, context },
    );
  };
}

/** A room with @gatehouse was encrypted afterwards. */
export function encryptedTask(deps: UnaskedDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    if (entry.kind !== 'matrix.event' || 'erased' in entry) return { to: 'done' };
    const { room_id: room, sender } = entry.body;
    const saying = tellElsewhere(room, sender, await linkFor(deps, sender));
    return sayOnceInRoom(deps, { ...saying, notices: ['write-elsewhere'] }, { task, entry, context });
  };
}

function tellElsewhere(room: RoomId, user: UserId, link: string | undefined): Saying {
  return { room, user, text: cannotRead(link), notices: ['write-elsewhere', 'greeted'] };
}

async function isEncrypted(deps: UnaskedDeps, room: RoomId) {
  const { homeserver } = deps;
  const state = await homeserver.state({ as: homeserver.gatehouse, room, type: 'm.room.encryption', stateKey: '' });
  return state.ok ? { ok: true as const, value: state.value !== undefined } : state;
}

async function linkFor(deps: UnaskedDeps, user: UserId): Promise<string | undefined> {
  const room = await deps.views.read((reading) => roomOfUse(reading, { kind: 'staff', user }));
  return room === undefined ? undefined : roomLink(room, deps.homeserver.domain);
}

interface Following {
  readonly task: Task;
  readonly entry: Entry | ErasedEntry;
  readonly context: TurnContext;
}

async function sayOnceInRoom(deps: UnaskedDeps, saying: Saying, following: Following): Promise<Turn> {
  const first = saying.notices[0] ?? 'greeted';
  const said = await deps.views.read((reading) => saidInRoom(reading, saying.room, first));
  return said === undefined ? say(deps, saying, following) : { to: 'done' };
}

/** The committed task is what makes it said; that it was said is the task's outcome, on record with it. */
async function say(deps: UnaskedDeps, saying: Saying, following: Following): Promise<Turn> {
  const { task, entry, context } = following;
  const { homeserver } = deps;
  const look = context.mayRepeat || task.attempts > 0;
  const base = { as: homeserver.gatehouse, room: saying.room, source: entry.position };
  const content = {
    msgtype: 'm.text',
    body: saying.text,
    format: 'org.matrix.custom.html',
    formatted_body: escapeHtml(saying.text).replace(/\n/gu, '<br>'),
    'm.mentions': { user_ids: [saying.user] },
  };
  const event = { ...base, type: 'm.room.message', content, part: saying.notices[0] ?? 'words' };
  const sent = await sendOnce(homeserver, event, look);
  if (!sent.ok) return turnAfter(sent.error);
  if (saying.tap !== undefined) {
    const tap = { 'm.relates_to': { rel_type: 'm.annotation', event_id: sent.value, key: saying.tap } };
    const tapped = await sendOnce(homeserver, { ...base, type: 'm.reaction', content: tap, part: 'tap' }, look);
    if (!tapped.ok) return turnAfter(tapped.error);
  }
  return { to: 'done', entries: saying.notices.map((notice) => noticeDraft(deps, saying, { entry, notice })) };
}

function noticeDraft(deps: UnaskedDeps, saying: Saying, of: { entry: Entry | ErasedEntry; notice: Notice }): Draft {
  const { room, user } = saying;
  return {
    kind: 'staff.notice',
    at: deps.clock.now(),
    source: { system: 'gatehouse', id: `staff.notice/${of.entry.position}/${of.notice}`, sure: true },
    actor: deps.homeserver.gatehouse,
    room,
    body: { user, room, notice: of.notice },
  };
}
