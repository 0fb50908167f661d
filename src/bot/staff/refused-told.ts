/** `policy.refused-told`: @gatehouse tells whoever was refused before the message existed, in the chat with them. */
import type { EntryOf } from '../../core/entry.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import { refusalWords } from '../../policy/presend/refusal-words.ts';
import type { TaskHandler } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { oneLine, roomLink } from '../quote.ts';
import { ensureStaffRoom, type StaffRooms } from './staff-rooms.ts';

/** The part of an entry that these words show: a reply to them is about the refusal. */
export const REFUSED_PART = 'refused';

export interface RefusedToldDeps {
  /** Anybody of our server has a chat with @gatehouse when there is something to tell. */
  readonly rooms: StaffRooms;
  readonly homeserver: Pick<Homeserver, 'send' | 'findEcho' | 'upload' | 'gatehouse' | 'domain'>;
}

/** Killed between making the room, recording it and speaking, it finds what is there and goes on. */
export function refusedToldTask({ rooms, homeserver }: RefusedToldDeps): TaskHandler {
  return async (task, entry, context) => {
    if (entry.kind !== 'policy.refused' || 'erased' in entry || entry.body.shadow) return { to: 'done' };
    const room = await ensureStaffRoom(rooms, entry.body.user);
    if (!room.ok) return turnAfter(room.error);
    const event = {
      ...{ as: homeserver.gatehouse, room: room.value, type: 'm.room.message', part: REFUSED_PART },
      ...{ content: contentOf(entry, homeserver.domain), source: entry.position },
    };
    const sent = await sendOnce(homeserver, event, context.mayRepeat || task.attempts > 0);
    return sent.ok ? { to: 'done' } : turnAfter(sent.error);
  };
}

function contentOf(entry: EntryOf<'policy.refused'>, domain: string): JsonObject {
  const { body, position } = entry;
  const lines = [
    `${oneLine(refusalWords(body))} It is on record (${position}).`,
    `Room: ${roomLink(body.room, domain)}`,
    ...(body.until === undefined ? [] : [HOW_ANYWAY]),
  ];
  const text = lines.join('\n');
  return {
    msgtype: 'm.text',
    body: text,
    format: 'org.matrix.custom.html',
    formatted_body: escapeHtml(text).replace(/\n/gu, '<br>'),
    'm.mentions': { user_ids: [body.user] },
  };
}

const HOW_ANYWAY =
  'To send it all the same, reply !anyway and why to this message, then send it again within 5 minutes.';
