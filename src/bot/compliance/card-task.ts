/**
 * `policy.card`: what was stopped at the gate is shown at every desk, once, with the bot's own ✅ and ❌ to tap.
 * A desk that can't be shown it yet (its room isn't there, or isn't fit for answers) is looked at again until the item is
 * decided; it keeps no other desk from seeing it.
 */
import { wait, type Clock } from '../../core/clock.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { EventId, Position, RoomId, UserId } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { Done, Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { deskRooms } from '../../bridge/portals/room-store.ts';
import type { Views } from '../../journal/journal.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import { verdictAt } from '../../policy/verdicts/verdict-store.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { cardPart } from './card-store.ts';
import { cardContent, openCard } from './card-words.ts';
import { cardedBy, refsOf, verdictEntry } from './carded.ts';
import type { DeskTools } from './desk-context.ts';
import { deskAt } from './desk-room-of.ts';
import { silenceAt } from './desk-silence.ts';
import type { Silence } from './room-rules.ts';
import { NO, YES } from './tap.ts';

export interface CardDeps {
  readonly homeserver: Pick<
    Homeserver,
    'send' | 'findEcho' | 'upload' | 'members' | 'state' | 'isOurs' | 'compliance' | 'domain'
  >;
  readonly views: Pick<Views, 'read'>;
  readonly desks: readonly Desk[];
  readonly tools: Pick<DeskTools, 'read' | 'shown'>;
  readonly clock: Clock;
}

/** What a desk is asked about. */
export interface Question {
  readonly text: string;
  readonly refs: readonly Position[];
  /** Told where it can't be shown: that it waits, never what it says. */
  readonly waits: string;
  readonly mention: (desk: Desk) => readonly UserId[];
}

const DONE: Turn = { to: 'done' };
/** Between two looks at a desk that can't be shown the card. */
const AGAIN_MS = 10_000;

export function cardTask(deps: CardDeps): TaskHandler {
  return askTask(deps, (entry) => questionOf(deps, entry));
}

/** Undefined once there is nothing to decide. */
export type QuestionOf = (entry: Entry | ErasedEntry) => Promise<Question | undefined>;

export function askTask(deps: CardDeps, question: QuestionOf): TaskHandler {
  return async (task, entry, context) => {
    const asked = await question(entry);
    if (asked === undefined) return DONE;
    const rooms = await deps.views.read((reading) => deskRooms(reading));
    const shown = { ...asked, source: entry.position, look: context.mayRepeat || task.attempts > 0 };
    let waits = rooms.length === 0;
    let failure: HomeserverFailure | undefined;
    for (const room of rooms) {
      const done = await atDesk(deps, room, shown);
      if (done.ok) waits ||= !done.value;
      else if (isGone(done.error)) waits = true;
      else failure ??= done.error;
    }
    if (failure !== undefined) return turnAfter(failure);
    return waits ? { to: 'aside', until: wait(deps.clock, AGAIN_MS, context.signal) } : DONE;
  };
}

/** We are not in that room any more, or it is none; `desk.lost` sees to it. */
export function isGone({ kind }: HomeserverFailure): boolean {
  return kind === 'forbidden' || kind === 'not-found';
}

interface Shown extends Question {
  readonly source: Position;
  /** An earlier turn may have shown it. */
  readonly look: boolean;
}

async function questionOf(deps: CardDeps, entry: Entry | ErasedEntry): Promise<Question | undefined> {
  const verdict = verdictEntry(entry);
  if (verdict === undefined) return undefined;
  const standing = await deps.views.read((reading) => verdictAt(reading, verdict.position));
  if (standing?.state !== 'open') return undefined;
  const carded = await cardedBy(verdict, deps.tools);
  return {
    text: openCard(carded, deps.clock.now()),
    refs: refsOf(verdict),
    waits: `Item ${itemId(verdict.position)} waits for a decision.`,
    mention: (desk) => [...new Set([...desk.officers, ...desk.reviewers])],
  };
}

/** False where the desk can't be shown it now. */
async function atDesk(deps: CardDeps, room: RoomId, shown: Shown): Done<boolean> {
  const desk = await deskAt(deps.views, deps.desks, room);
  if (desk === undefined) return ok(true);
  const silence = await silenceAt(deps.homeserver, desk, room);
  if (!silence.ok) return silence;
  const done =
    silence.value === undefined
      ? await showCard(deps, { room, desk }, shown)
      : await sayWhyNot(deps, { room, desk, silence: silence.value }, shown);
  return done.ok ? ok(silence.value === undefined) : done;
}

/** The words, then what can be tapped: whoever taps earlier with a reaction of their own is heard all the same. */
async function showCard(
  { homeserver }: CardDeps,
  { room, desk }: { readonly room: RoomId; readonly desk: Desk },
  { text, refs, source, look, mention }: Shown,
): Done<EventId> {
  const at = { as: homeserver.compliance, room, source };
  const content = cardContent(text, mention(desk), refs);
  const card = await sendOnce(homeserver, { ...at, type: 'm.room.message', content, part: cardPart(room) }, look);
  if (!card.ok) return card;
  for (const [key, name] of [
    [YES, 'yes'],
    [NO, 'no'],
  ] as const) {
    const tap = { 'm.relates_to': { rel_type: 'm.annotation', event_id: card.value, key } };
    const event = { ...at, type: 'm.reaction', content: tap, part: `${name}-${room}` };
    const done = await sendOnce(homeserver, event, look);
    if (!done.ok) return done;
  }
  return card;
}

/** Told once: that something waits, never what it says. */
function sayWhyNot(
  { homeserver }: CardDeps,
  { room, desk, silence }: { readonly room: RoomId; readonly desk: Desk; readonly silence: Silence },
  { source, waits }: Shown,
): Done<EventId> {
  const body = `${waits} ${silence.text}`;
  const content = { msgtype: 'm.text', body, 'm.mentions': { user_ids: [...desk.officers] } };
  const event = { as: homeserver.compliance, room, source, type: 'm.room.message', content, part: `waits-${room}` };
  return sendOnce(homeserver, event, true);
}
