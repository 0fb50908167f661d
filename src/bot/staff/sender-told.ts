/**
 * `policy.sender-told`: @gatehouse tells whoever wrote it what a rule found in their message when it was there already,
 * and whether it was taken away, in the chat with them.
 */
import type { Clock } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import { parseUserId, type Position, type UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import { roomTitle } from '../../bridge/gaps/room-title.ts';
import { kindOfUser } from '../../bridge/people/our-users.ts';
import type { Views } from '../../journal/journal.ts';
import { toldWords } from '../../policy/judging/told-words.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { oneLine, roomLink } from '../quote.ts';
import { ensureStaffRoom, type StaffRooms } from './staff-rooms.ts';

/** The part of an entry that these words show: a reply to them is about the warning. */
export const WARNED_PART = 'warned';

export interface SenderToldDeps {
  readonly rooms: StaffRooms;
  readonly homeserver: Pick<Homeserver, 'send' | 'findEcho' | 'upload' | 'gatehouse' | 'domain'>;
  readonly journal: { readonly views: Views; read(position: Position): Promise<Entry | ErasedEntry | undefined> };
  readonly clock: Pick<Clock, 'now'>;
}

const DONE: Turn = { to: 'done' };
/** Nobody is warned of what they wrote long ago and an old room brought to light now. */
const WARN_WITHIN_MS = 24 * 60 * 60_000;

interface Told {
  readonly user: UserId;
  readonly text: string;
}

/** Killed between making the room, recording it and speaking, it finds what is there and goes on. */
export function senderToldTask(deps: SenderToldDeps): TaskHandler {
  return async (task, entry, context) => {
    const told = 'erased' in entry ? undefined : await toldBy(entry, deps);
    if (told === undefined) return DONE;
    const room = await ensureStaffRoom(deps.rooms, told.user);
    if (!room.ok) return turnAfter(room.error);
    const { homeserver } = deps;
    const event = {
      ...{ as: homeserver.gatehouse, room: room.value, type: 'm.room.message', part: WARNED_PART },
      ...{ content: contentOf(told), source: entry.position },
    };
    const sent = await sendOnce(homeserver, event, context.mayRepeat || task.attempts > 0);
    return sent.ok ? DONE : turnAfter(sent.error);
  };
}

/** Undefined where there is nobody to tell: it was erased, is old, or its sender is another server's. */
async function toldBy(entry: Entry, deps: SenderToldDeps): Promise<Told | undefined> {
  const { journal, homeserver } = deps;
  const verdict = verdictIn(entry.kind === 'policy.redacted' ? await journal.read(entry.body.verdict) : entry);
  const message = verdict === undefined ? undefined : eventIn(await journal.read(verdict.body.of));
  if (verdict === undefined || message === undefined) return undefined;
  const user = senderOf(message, homeserver.domain);
  if (user === undefined || isOld(entry, message, deps)) return undefined;
  const title = oneLine(await roomTitle(message.body.room_id, journal));
  const lines = [
    `${wordsOf(entry, oneLine(toldWords(verdict.body)), title)} It is on record (${verdict.body.of}).`,
    `Room: ${roomLink(message.body.room_id, homeserver.domain)}`,
    ...(entry.kind === 'policy.verdict' ? [HOW_ANYWAY] : []),
  ];
  return { user, text: lines.join('\n') };
}

type Read = Entry | ErasedEntry | undefined;

function verdictIn(entry: Read): EntryOf<'policy.verdict'> | undefined {
  return entry === undefined || 'erased' in entry || entry.kind !== 'policy.verdict' ? undefined : entry;
}

function eventIn(entry: Read): EntryOf<'matrix.event'> | undefined {
  return entry === undefined || 'erased' in entry || entry.kind !== 'matrix.event' ? undefined : entry;
}

function senderOf({ body }: EntryOf<'matrix.event'>, domain: string): UserId | undefined {
  const user = parseUserId(body.sender);
  return user.ok && kindOfUser(user.value, domain) === 'local' ? user.value : undefined;
}

function isOld(entry: Entry, message: Entry, { clock }: SenderToldDeps): boolean {
  return entry.kind === 'policy.verdict' && clock.now() - message.at > WARN_WITHIN_MS;
}

function wordsOf(entry: Entry, found: string, title: string): string {
  if (entry.kind !== 'policy.redacted')
    return `Your message in ${title} ${found}. Delete it if it should not stand there.`;
  return took(entry)
    ? `Your message in ${title} ${found}. A company rule took it out of the room; write it again without that.`
    : `Your message in ${title} ${found}. A company rule wants it gone and can't delete it there: please do.`;
}

function took({ body }: EntryOf<'policy.redacted'>): boolean {
  return body.how !== 'not-possible';
}

const HOW_ANYWAY = 'If it is right as it stands, reply !anyway and why to this message.';

function contentOf({ user, text }: Told): JsonObject {
  return {
    msgtype: 'm.text',
    body: text,
    format: 'org.matrix.custom.html',
    formatted_body: escapeHtml(text).replace(/\n/gu, '<br>'),
    'm.mentions': { user_ids: [user] },
  };
}
