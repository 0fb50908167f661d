/**
 * `policy.desk-told`: every desk is told, once, of what a rule wants it to know at once, of what could not be done, and of
 * what nobody could look at. The first few within a minute one by one, all others of that minute in one line.
 */
import { leftOf, wait, type Clock } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position, RoomId, UserId } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { Done, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { roomTitle } from '../../bridge/gaps/room-title.ts';
import { deskRooms } from '../../bridge/portals/room-store.ts';
import type { Views } from '../../journal/journal.ts';
import { ONE_BY_ONE, SPAN_MS, tellingAt, toldWith, type Telling } from '../../policy/telling/tell-store.ts';
import type { Task, TaskHandler, Turn } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { cardContent } from './card-words.ts';
import { isGone, type CardDeps } from './card-task.ts';
import { cardedBy, verdictEntry } from './carded.ts';
import { deskAt } from './desk-room-of.ts';
import { silenceAt } from './desk-silence.ts';
import { stillThere, toldOne, toldTogether, type ToldOf } from './desk-told-words.ts';

export interface DeskToldDeps extends Omit<CardDeps, 'views'> {
  readonly views: Views;
  readonly clock: Clock;
}

const DONE: Turn = { to: 'done' };
/** What is recorded at the last moment of a span is committed a little later. */
const GRACE_MS = 2_000;
/** On the first day there may be no desk yet. */
const DESK_AGAIN_MS = 3_000;
const DESK_TRIES_MAX = 20;

interface Words {
  readonly text: string;
  readonly refs: readonly Position[];
}

export function deskToldTask(deps: DeskToldDeps): TaskHandler {
  return async (task, entry, context) => {
    const telling = await deps.views.read((reading) => tellingAt(reading, entry.position));
    if (telling === undefined) return DONE;
    const leftMs = isMany(telling) ? leftOf(SPAN_MS + GRACE_MS, telling.began, deps.clock) : 0;
    if (leftMs > 0) return { to: 'aside', until: wait(deps.clock, leftMs, context.signal) };
    const words = isMany(telling) ? await ofMany(entry, telling, deps) : await ofOne(entry, deps);
    if (words === undefined) return DONE;
    const told = await tellAll(words, { source: entry.position, look: context.mayRepeat || task.attempts > 0 }, deps);
    if (!told.ok) return turnAfter(told.error);
    const again = told.value === 0 && isAwaited(task, deps);
    return again ? { to: 'retry', reason: 'homeserver-refused', afterMs: DESK_AGAIN_MS } : DONE;
  };
}

function isMany({ nth }: Telling): boolean {
  return nth > ONE_BY_ONE;
}

function isAwaited({ attempts }: Task, { desks }: DeskToldDeps): boolean {
  return desks.length > 0 && attempts < DESK_TRIES_MAX;
}

async function verdictOf(entry: Entry | ErasedEntry, { tools }: DeskToldDeps) {
  const isRedaction = !('erased' in entry) && entry.kind === 'policy.redacted';
  return verdictEntry(isRedaction ? await tools.read(entry.body.verdict) : entry);
}

/** Undefined for what was erased since. */
async function ofOne(entry: Entry | ErasedEntry, deps: DeskToldDeps): Promise<Words | undefined> {
  const verdict = await verdictOf(entry, deps);
  if (verdict === undefined) return undefined;
  const of = await toldOf(verdict, deps);
  const text = entry.kind === 'policy.redacted' ? stillThere(of) : toldOne(of);
  return { text, refs: [verdict.body.of, verdict.position] };
}

/** What is judged of a message that goes out is what would go out; of any other what it says. */
async function toldOf(verdict: EntryOf<'policy.verdict'>, { tools, views }: DeskToldDeps): Promise<ToldOf> {
  const carded = await cardedBy(verdict, tools);
  const text = verdict.direction === 'outbound' ? carded.text : carded.shown.text;
  const { room } = verdict;
  const read = (position: Position): Promise<Entry | ErasedEntry | undefined> => tools.read(position);
  const title = room === undefined ? undefined : await roomTitle(room, { views, read });
  return { verdict, shown: carded.shown, text, title };
}

async function ofMany(entry: Entry | ErasedEntry, telling: Telling, deps: DeskToldDeps): Promise<Words | undefined> {
  const { count, first } = await deps.views.read((reading) => toldWith(reading, telling));
  if (count <= 1) return ofOne(entry, deps);
  const verdicts: EntryOf<'policy.verdict'>[] = [];
  for (const position of first) {
    const told = await deps.tools.read(position);
    const verdict = told === undefined ? undefined : await verdictOf(told, deps);
    if (verdict !== undefined) verdicts.push(verdict);
  }
  return { text: toldTogether(count, verdicts), refs: [] };
}

interface Sending {
  readonly source: Position;
  /** An earlier turn may have told it. */
  readonly look: boolean;
}

/** Resolves with how many desks there are. One that can't be told keeps no other from hearing it. */
async function tellAll(words: Words, sending: Sending, deps: DeskToldDeps): Done<number> {
  const rooms = await deps.views.read((reading) => deskRooms(reading));
  let failed: HomeserverFailure | undefined;
  for (const room of rooms) {
    const desk = await deskAt(deps.views, deps.desks, room);
    const told = desk === undefined ? ok(undefined) : await tellDesk({ room, desk }, words, { ...deps, ...sending });
    if (!told.ok && !isGone(told.error)) failed ??= told.error;
  }
  return failed === undefined ? ok(rooms.length) : { ok: false, error: failed };
}

/** Where a stranger reads along, only that there is something. */
async function tellDesk(
  { room, desk }: { readonly room: RoomId; readonly desk: Desk },
  { text, refs }: Words,
  { homeserver, source, look }: DeskToldDeps & Sending,
): Done<unknown> {
  const silence = await silenceAt(homeserver, desk, room);
  if (!silence.ok) return silence;
  const mention: readonly UserId[] = [...new Set([...desk.officers, ...desk.reviewers])];
  const words = silence.value === undefined ? text : `A rule has something to tell you. ${silence.value.text}`;
  const content = cardContent(words, mention, silence.value === undefined ? refs : []);
  const event = { as: homeserver.compliance, room, source, type: 'm.room.message', content, part: `told-${room}` };
  return sendOnce(homeserver, event, look);
}
