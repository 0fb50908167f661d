/** `desk.tap-hint`: a thumb on a card decides nothing; whoever taps one is told, once for each card, what does. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Desk } from '../../core/line.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Views } from '../../journal/journal.ts';
import { verdictAt } from '../../policy/verdicts/verdict-store.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { cardOf } from './card-store.ts';
import { deskAt } from './desk-room-of.ts';
import { deskRole } from './desk-role.ts';
import { silenceAt } from './desk-silence.ts';
import { NO, thumbOn, YES } from './tap.ts';

export interface TapHintDeps {
  readonly homeserver: Pick<
    Homeserver,
    'send' | 'findEcho' | 'upload' | 'members' | 'state' | 'isOurs' | 'compliance' | 'domain'
  >;
  readonly views: Pick<Views, 'read'>;
  readonly desks: readonly Desk[];
}

const DONE: Turn = { to: 'done' };
const WORDS = `Nothing was done by that: tap the ${YES} or the ${NO} below the card.`;

export function tapHintTask(deps: TapHintDeps): TaskHandler {
  return async (_task, entry) => {
    const thumb = await thumbed(deps, entry);
    if (thumb === undefined) return DONE;
    const { homeserver } = deps;
    const { room, card, desk, sender } = thumb;
    const silence = await silenceAt(homeserver, desk, room);
    if (!silence.ok) return turnAfter(silence.error);
    if (silence.value !== undefined) return DONE;
    const content = {
      ...{ msgtype: 'm.text', body: WORDS, 'm.mentions': { user_ids: [sender] } },
      'm.relates_to': { 'm.in_reply_to': { event_id: card.event } },
    };
    const message = { as: homeserver.compliance, room, source: card.about, type: 'm.room.message', content };
    // Told once, whoever taps how often: the room is looked through every time.
    const sent = await sendOnce(homeserver, { ...message, part: `hint-${room}` }, true);
    return sent.ok ? DONE : turnAfter(sent.error);
  };
}

/** By somebody with a role, on a card that nobody decided yet. */
async function thumbed({ views, desks, homeserver }: TapHintDeps, entry: Entry | ErasedEntry) {
  if ('erased' in entry || entry.kind !== 'matrix.event') return undefined;
  const { room_id: room, sender } = entry.body;
  const on = thumbOn(entry.body);
  const desk = await deskAt(views, desks, room);
  if (on === undefined || desk === undefined || deskRole(desk, sender, homeserver.domain) === undefined)
    return undefined;
  return views.read(async (reading) => {
    const card = await cardOf(reading, on);
    if (card?.room !== room) return undefined;
    const standing = await verdictAt(reading, card.about);
    return standing === undefined || standing.state === 'open' ? { room, card, desk, sender } : undefined;
  });
}
