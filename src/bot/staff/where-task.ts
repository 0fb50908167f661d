/** `staff.where`: tells whoever asked for a chat where it is, once its room is there. */
import { positionOfPortal, type UserId } from '../../core/ids.ts';
import type { Position } from '../../core/ids.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { sendOnce, type Speaking } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { incoming, type Incoming } from '../incoming.ts';
import type { Portals } from '../portals.ts';
import { oneLine, roomLink } from '../quote.ts';
import { answerContent } from '../render.ts';
import { whereItIs } from './want-chat.ts';

export interface WhereDeps {
  readonly read: (position: Position) => Promise<Entry | ErasedEntry | undefined>;
  readonly portals: Pick<Portals, 'byRoom'>;
  readonly homeserver: Speaking & { readonly gatehouse: UserId; readonly domain: string };
}

export function whereTask(deps: WhereDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    if (entry.kind !== 'portal.opened' || 'erased' in entry) return { to: 'done' };
    const asked = await whoAsked(deps, entry.body.because ?? positionOfPortal(entry.body.portal));
    const portal = await deps.portals.byRoom(entry.body.room);
    if (asked === undefined || portal === undefined) return { to: 'done' };
    const { homeserver } = deps;
    const link = roomLink(entry.body.room, homeserver.domain);
    const answer = whereItIs(oneLine(portal.name), link, { line: entry.body.line, room: entry.body.room });
    const event = {
      as: homeserver.gatehouse,
      room: asked.room,
      type: 'm.room.message',
      content: answerContent(answer, { to: asked, command: 'sms' }),
      source: entry.position,
      part: 'where',
    };
    const sent = await sendOnce(homeserver, event, context.mayRepeat || task.attempts > 0);
    return sent.ok ? { to: 'done' } : turnAfter(sent.error);
  };
}

/** The command that the room was made for; undefined where a customer's text did. */
async function whoAsked(deps: WhereDeps, wish: Position): Promise<Incoming | undefined> {
  const wanted = await deps.read(wish);
  if (wanted?.kind !== 'portal.wanted' || 'erased' in wanted) return undefined;
  const because = await deps.read(wanted.body.because);
  return because === undefined || 'erased' in because ? undefined : incoming(because);
}
