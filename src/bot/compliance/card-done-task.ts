/** `policy.card-done`: the cards of a verdict that was decided, withdrawn, superseded or expired say so, in place. */
import type { Clock } from '../../core/clock.ts';
import type { Entry } from '../../core/entry.ts';
import type { EventId, Millis, Position, RoomId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { deskRooms } from '../../bridge/portals/room-store.ts';
import { verdictsChangedBy, type StandingVerdict } from '../../policy/verdicts/verdict-store.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { cardPart, cardsFor } from './card-store.ts';
import { isGone, type CardDeps } from './card-task.ts';
import { cardContent, endedCard, type Carded } from './card-words.ts';
import type { Ended } from './ended-words.ts';
import { cardedBy, refsOf, verdictEntry } from './carded.ts';
import { deskAt } from './desk-room-of.ts';
import { silenceAt } from './desk-silence.ts';

const DONE: Turn = { to: 'done' };

/** What a card says from now on. */
export interface Ending {
  readonly source: Position;
  readonly since: Millis;
  readonly refs: readonly Position[];
  /** `quiet` where a stranger reads along: then the text is not said again. */
  readonly words: (timezone: string, quiet: boolean) => string;
}

interface Changing extends Ending {
  readonly look: boolean;
}

export function cardDoneTask(deps: CardDeps): TaskHandler {
  return async (task, entry, context) => {
    const all = await deps.views.read((reading) => verdictsChangedBy(reading, entry.position));
    const ended = all.find(({ position, consequence }) => position !== entry.position && consequence === 'quarantine');
    const verdict = ended === undefined ? undefined : verdictEntry(await deps.tools.read(ended.position));
    if (ended === undefined || verdict === undefined) return DONE;
    const by = 'erased' in entry ? undefined : entry;
    const carded = await cardedBy(verdict, deps.tools);
    const look = context.mayRepeat || task.attempts > 0;
    return changeCards(deps, { ...endingOf(carded, endedBy(ended, by, deps.clock)), look });
  };
}

function endingOf(carded: Carded, ended: Ended): Ending {
  const { verdict } = carded;
  return {
    ...{ source: verdict.position, since: verdict.recordedAt, refs: refsOf(verdict) },
    words: (timezone, quiet) => endedCard(quiet ? { ...carded, text: undefined } : carded, ended, timezone),
  };
}

function endedBy({ state }: StandingVerdict, by: Entry | undefined, clock: Pick<Clock, 'now'>): Ended {
  return { state, by, now: clock.now() };
}

export async function changeCards(deps: CardDeps, changing: Changing): Promise<Turn> {
  const cards = await cardsOf(deps, changing);
  if (!cards.ok) return turnAfter(cards.error);
  let failed: Turn | undefined;
  for (const [room, event] of cards.value) {
    const done = await changeOne(deps, { room, event }, changing);
    // A card that was deleted, or whose room is gone, keeps no other from being changed.
    if (!done.ok && !isGone(done.error)) failed ??= turnAfter(done.error);
  }
  return failed ?? DONE;
}

/** By our own table; what has not come back to us yet is asked of the homeserver. */
async function cardsOf(deps: CardDeps, { source, since }: Changing): Done<ReadonlyMap<RoomId, EventId>> {
  const { homeserver, views } = deps;
  const known = await views.read((reading) => cardsFor(reading, source));
  const cards = new Map(known.map(({ room, event }) => [room, event]));
  for (const room of await views.read((reading) => deskRooms(reading))) {
    if (cards.has(room)) continue;
    const echo = await homeserver.findEcho({
      ...{ as: homeserver.compliance, room, source, part: cardPart(room) },
      since,
    });
    if (!echo.ok) return echo;
    if (echo.value !== undefined) cards.set(room, echo.value);
  }
  return ok(cards);
}

async function changeOne(
  deps: CardDeps,
  { room, event }: { readonly room: RoomId; readonly event: EventId },
  { source, refs, words, look }: Changing,
): Done<EventId> {
  const { homeserver } = deps;
  const desk = await deskAt(deps.views, deps.desks, room);
  const silence = desk === undefined ? ok(undefined) : await silenceAt(homeserver, desk, room);
  if (!silence.ok) return silence;
  const text = words(desk?.timezone ?? 'UTC', desk === undefined || silence.value !== undefined);
  const content = replacing(event, text, cardContent(text, [], refs));
  const sent = { as: homeserver.compliance, room, source, type: 'm.room.message', content, part: `ended-${room}` };
  return sendOnce(homeserver, sent, look);
}

function replacing(event: EventId, text: string, content: JsonObject): JsonObject {
  return {
    ...content,
    body: `* ${text}`,
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: event },
  };
}
