/** What is there already is looked at afterwards: what is said inside, and what is said among strangers. */
import { wait, type Clock } from '../../core/clock.ts';
import type { Draft, DraftOf, Entry } from '../../core/entry.ts';
import type { TaskHandler, TaskHandlers, Turn } from '../../tasks/task.ts';
import { overriddenUntil } from '../presend/presend-store.ts';
import { contextOf, type ContextDeps } from './context-of.ts';
import { messageOf } from './message-of.ts';
import { setFor, type Rules } from './rules-for.ts';
import type { ScannerAsked } from './scanner-asked.ts';
import { saysNothing, verdictDraft } from './verdict-draft.ts';

export const SCREEN = 'screen';

export interface ScreenDeps extends ContextDeps {
  readonly scanner: Pick<ScannerAsked, 'judge'>;
  readonly rules: Rules;
  readonly clock: Clock;
}

const DONE: Turn = { to: 'done' };
const NOT_READY_MS = 250;

export function screenTasks(deps: ScreenDeps): TaskHandlers {
  const run: TaskHandler = (_task, entry, { signal }) =>
    'erased' in entry ? Promise.resolve(DONE) : screen(entry, deps, signal);
  return new Map([[SCREEN, { run }]]);
}

/** Nothing is on record or done before the turn ends, and a turn that is played again ends with the same entry. */
async function screen(entry: Entry, deps: ScreenDeps, signal: AbortSignal): Promise<Turn> {
  const { direction } = entry;
  const message = messageOf(entry);
  if (message === undefined || direction === undefined || direction === 'outbound') return DONE;
  const set = setFor(direction, deps.rules);
  if (set === undefined) return DONE;
  const verdict = await deps.scanner.judge(set, message, await contextOf(entry, direction, deps));
  if (verdict === undefined) return { to: 'aside', until: wait(deps.clock, NOT_READY_MS, signal) };
  if (saysNothing(verdict)) return DONE;
  const judged = { verdict, message, entry, of: entry.position };
  const draft = verdictDraft(judged, { set, place: direction, now: deps.clock.now(), expiresMs: 0 });
  return { to: 'done', entries: [(await isOverridden(entry, draft, deps)) ? onlyFlagged(draft) : draft] };
}

/** Whoever was warned before it existed, and said why it shall be sent all the same, is not warned again. */
async function isOverridden(
  entry: Entry,
  { body }: DraftOf<'policy.verdict'>,
  { journal }: ScreenDeps,
): Promise<boolean> {
  if (body.consequence !== 'warn' || entry.kind !== 'matrix.event') return false;
  const { views } = journal;
  const of = { user: entry.body.sender, content: body.content };
  const until = await views.read((reading) => overriddenUntil(reading, views.sealer, of));
  return until !== undefined && entry.at <= until;
}

function onlyFlagged(draft: DraftOf<'policy.verdict'>): Draft {
  return { ...draft, body: { ...draft.body, consequence: 'flag' } };
}
