/**
 * What was written to a customer, does not go out, and was never asked about at the gate: somebody else's edit, a text
 * that the network could not carry. It is on record and stands in the room, so it is judged there, as what is said inside.
 * Whatever line this is killed at, nothing is on record before the turn ends, and the next life ends the same.
 */
import { wait } from '../../core/clock.ts';
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import type { TaskHandler, TaskHandlers, Turn } from '../../tasks/task.ts';
import { verdictsAbout } from '../verdicts/verdict-store.ts';
import { judgeLate, messageInRoom, type JudgeLateDeps, type Late } from './judge-late.ts';
import { setFor, type Rules } from './rules-for.ts';

export const LEFT_OUT = 'policy.left-out';

/** A message with the edit that holds its text, or an edit by itself. */
export interface LeftOutText {
  readonly of: Position;
  readonly version?: Position;
}
/** By what an entry says; undefined where the gate was asked, or will be. */
export type LeftOut = (entry: Entry, reading: Reading) => Promise<LeftOutText | undefined>;

export interface LeftOutDeps extends JudgeLateDeps {
  readonly rules: Rules;
  readonly leftOut: LeftOut;
}

const DONE: Turn = { to: 'done' };

export function leftOutTasks(deps: LeftOutDeps): TaskHandlers {
  const run: TaskHandler = (_task, entry, { signal }) =>
    'erased' in entry ? Promise.resolve(DONE) : judge(entry, deps, signal);
  return new Map([[LEFT_OUT, { run }]]);
}

async function judge(cause: Entry, deps: LeftOutDeps, signal: AbortSignal): Promise<Turn> {
  const judging = await judgingOf(cause, deps);
  if (judging === undefined) return DONE;
  const found = await judgeLate(judging, deps);
  if (found.is === 'later') return { to: 'aside', until: wait(deps.clock, found.afterMs, signal) };
  return found.is === 'clean' ? DONE : { to: 'done', entries: [found.draft] };
}

/** Undefined where nobody says anything by it, no rule holds for it, or it has a verdict, of the gate's or of ours. */
async function judgingOf(cause: Entry, { journal, leftOut, rules }: LeftOutDeps): Promise<Late | undefined> {
  const set = setFor('outbound', rules);
  if (set === undefined) return undefined;
  const text = await journal.views.read(async (reading) => {
    const found = await leftOut(cause, reading);
    const known = found === undefined ? [] : await verdictsAbout(reading, found.version ?? found.of);
    return known.length > 0 ? undefined : found;
  });
  const entry = text === undefined ? undefined : await journal.read(text.version ?? text.of);
  if (text === undefined || entry === undefined || 'erased' in entry) return undefined;
  const message = messageInRoom(entry);
  return message === undefined ? undefined : { ...text, entry, message, set, place: 'internal', afterwards: true };
}
