/**
 * Task `alarm`: tells every desk what began to stand still and what goes on again. What comes within ten seconds is one
 * message, and where there were five messages in ten minutes the next ten minutes are one. A change that no message took
 * along has a task of its own: whatever dies in between, none is left untold.
 */
import { leftOf } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import { after, taskIdFor, type Position } from '../../core/ids.ts';
import type { Settlement } from '../../core/ports/recorder.ts';
import type { AlarmKind } from '../../core/watch-entries.ts';
import type { Task, TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { clockTime } from '../outbound/failure-words.ts';
import { turnOf } from '../homeserver-turn.ts';
import { tellDesks } from '../tell-desks.ts';
import { changesSince, changesUntil, type AlarmChange } from './alarm-store.ts';
import { manyOverWords, manyWords, subjectOf } from './alarm-words.ts';

type Changed = EntryOf<'alarm.raised'> | EntryOf<'alarm.cleared'>;
type Deps = Pick<BridgeDeps, 'homeserver' | 'journal' | 'lines' | 'clock' | 'timezone'>;

const DONE: Turn = { to: 'done' };
const TOGETHER_MS = 10_000;
const STORM_MS = 10 * 60_000;
const STORM_MESSAGES = 5;
/** What is told later than this says of when it is. */
const FRESH_MS = 2 * 60_000;
/** On the first day there may be no desk yet. */
const DESK_AGAIN_MS = 3_000;
const DESK_TRIES_MAX = 20;

export function createAlarmHandler(deps: Deps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || (entry.kind !== 'alarm.raised' && entry.kind !== 'alarm.cleared')) return DONE;
    const spanMs = await spanOf(entry, deps);
    const waitMs = leftOf(spanMs, entry.recordedAt, deps.clock);
    if (waitMs > 0 && task.attempts === 0) return { to: 'retry', reason: 'rate-limited', afterMs: waitMs };
    return tellFrom(task, entry, { spanMs, look: context.mayRepeat || task.attempts > 0 }, deps);
  };
}

/** How long is waited for what else belongs into the message. */
async function spanOf({ position, recordedAt }: Changed, { journal }: Deps): Promise<number> {
  const since = after(recordedAt, -STORM_MS);
  const before = await journal.views.read((reading) => changesSince(reading, position, since));
  return messagesIn(before) >= STORM_MESSAGES ? STORM_MS : TOGETHER_MS;
}

async function tellFrom(
  task: Task,
  { position, recordedAt }: Changed,
  how: { readonly spanMs: number; readonly look: boolean },
  deps: Deps,
): Promise<Turn> {
  const until = after(recordedAt, how.spanMs);
  const changes = await deps.journal.views.read((reading) => changesUntil(reading, position, until));
  const part = `alarm-${String(changes.at(-1)?.position ?? position)}`;
  const text = await textOf(changes, how.spanMs === STORM_MS, deps);
  const told = await tellDesks({ text, source: position, part, look: how.look }, deps);
  if (!told.ok) return turnOf(told.error);
  const again = told.value === 0 && task.attempts < DESK_TRIES_MAX;
  if (again) return { to: 'retry', reason: 'homeserver-refused', afterMs: DESK_AGAIN_MS };
  return { to: 'done', settle: others(changes, position) };
}

function others(changes: readonly AlarmChange[], position: Position): readonly Settlement[] {
  const taken = changes.filter((change) => change.position !== position);
  return taken.map((change) => ({ task: taskIdFor(change.position, 'alarm'), to: 'done' }));
}

/** How many messages told these changes: those of ten seconds are one. */
export function messagesIn(changes: readonly Pick<AlarmChange, 'at'>[]): number {
  let messages = 0;
  let since = -Infinity;
  for (const { at } of changes) {
    if (Math.abs(at - since) <= TOGETHER_MS) continue;
    messages += 1;
    since = at;
  }
  return messages;
}

async function textOf(changes: readonly AlarmChange[], storm: boolean, deps: Deps): Promise<string> {
  const lines: string[] = storm
    ? [`${String(changes.length)} changes in ten minutes; !c health shows what is open.`]
    : [];
  for (const group of groupsOf(changes)) lines.push(await groupWords(group, deps));
  return lines.join('\n');
}

interface Group {
  readonly kind: AlarmKind;
  readonly raised: boolean;
  readonly changes: AlarmChange[];
}

/** What began first, then what is over; each kind once. */
function groupsOf(changes: readonly AlarmChange[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const change of changes) {
    const key = `${change.raised ? '0' : '1'}${change.kind}`;
    const group = groups.get(key) ?? { kind: change.kind, raised: change.raised, changes: [] };
    group.changes.push(change);
    groups.set(key, group);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

async function groupWords({ kind, raised, changes }: Group, deps: Deps): Promise<string> {
  const [first] = changes;
  if (changes.length === 1 && first !== undefined) return oneWords(first, deps);
  const subjects = changes.map((change) => subjectOf(change));
  return raised ? manyWords(kind, subjects, deps.lines) : manyOverWords(kind, subjects, deps.lines);
}

async function oneWords(change: AlarmChange, deps: Deps): Promise<string> {
  const entry = await deps.journal.read(change.position);
  const isAlarm = entry !== undefined && !('erased' in entry) && entry.kind.startsWith('alarm.');
  const words =
    isAlarm && 'words' in entry.body ? entry.body.words : manyWords(change.kind, [subjectOf(change)], deps.lines);
  const old = change.raised && deps.clock.now() - change.at > FRESH_MS;
  return old ? `${words} (${clockTime(change.at, deps.timezone)})` : words;
}
