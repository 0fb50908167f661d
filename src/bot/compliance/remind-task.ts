/**
 * `policy.remind`: what nobody decided in half of its time is brought to mind at every desk, once, with a text that sounds.
 * It waits aside like the expiry, so a start after a long sleep finds it where it was.
 */
import { wait } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { Millis, RoomId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Desk } from '../../core/line.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { deskRooms } from '../../bridge/portals/room-store.ts';
import { verdictAt } from '../../policy/verdicts/verdict-store.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { cardsFor } from './card-store.ts';
import { isGone, type CardDeps } from './card-task.ts';
import { cardContent, reminder } from './card-words.ts';
import { cardedBy, refsOf, verdictEntry } from './carded.ts';
import { deskAt } from './desk-room-of.ts';
import { silenceAt } from './desk-silence.ts';

const DONE: Turn = { to: 'done' };
/** The longest wait between two looks: by then a decision, or a clock that was set, is noticed. */
const LOOK_MS = 5 * 60_000;

export function remindTask(deps: CardDeps): TaskHandler {
  return async (_task, entry, context) => {
    const verdict = verdictEntry(entry);
    const until = verdict?.body.until;
    if (verdict === undefined || until === undefined) return DONE;
    const standing = await deps.views.read((reading) => verdictAt(reading, verdict.position));
    const now = deps.clock.now();
    if (standing?.state !== 'open' || now >= until) return DONE;
    const leftMs = (until + verdict.at) / 2 - now;
    if (leftMs > 0) return { to: 'aside', until: wait(deps.clock, Math.min(leftMs, LOOK_MS), context.signal) };
    const told = await remindAll(deps, verdict, until);
    if (!told.ok) return turnAfter(told.error);
    return told.value ? DONE : { to: 'aside', until: wait(deps.clock, LOOK_MS, context.signal) };
  };
}

/** False where a desk can't be told now. */
async function remindAll(deps: CardDeps, verdict: EntryOf<'policy.verdict'>, until: Millis): Done<boolean> {
  let all = true;
  for (const room of await deps.views.read((reading) => deskRooms(reading))) {
    const desk = await deskAt(deps.views, deps.desks, room);
    if (desk === undefined) continue;
    const done = await remindOne(deps, { room, desk }, { verdict, until });
    if (!done.ok && !isGone(done.error)) return done;
    all &&= done.ok && done.value;
  }
  return ok(all);
}

/** Whoever answers it, or looks for what it is about, finds the card. */
async function remindOne(
  deps: CardDeps,
  { room, desk }: { readonly room: RoomId; readonly desk: Desk },
  { verdict, until }: { readonly verdict: EntryOf<'policy.verdict'>; readonly until: Millis },
): Done<boolean> {
  const { homeserver, views, tools } = deps;
  const silence = await silenceAt(homeserver, desk, room);
  if (!silence.ok) return silence;
  if (silence.value !== undefined) return ok(false);
  const text = reminder(await cardedBy(verdict, tools), until, { timezone: desk.timezone, now: deps.clock.now() });
  const cards = await views.read((reading) => cardsFor(reading, verdict.position));
  const card = cards.find((one) => one.room === room);
  const about: JsonObject = card === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: card.event } } };
  const mention = [...new Set([...desk.officers, ...desk.reviewers])];
  const content = { ...cardContent(text, mention, refsOf(verdict)), ...about };
  const message = { as: homeserver.compliance, room, source: verdict.position, type: 'm.room.message', content };
  // Nobody may hear of it twice, and it is said once in hours: the room is looked through every time.
  const sent = await sendOnce(homeserver, { ...message, part: `half-${room}` }, true);
  return sent.ok ? ok(true) : sent;
}
