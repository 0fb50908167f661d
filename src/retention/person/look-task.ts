/** `dsar.look`: all that is on record of a person, and what would come of each record now. Nothing is touched. */
import { wait } from '../../core/clock.ts';
import type { DraftOf, EntryOf } from '../../core/entry.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { SEARCH_INDEX } from '../../journal/append/index-entries.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { PositionSet } from '../run/position-set.ts';
import { isErased } from '../run/staying.ts';
import { collect, type CollectingDeps } from './collecting.ts';
import { PersonWalk, type PersonActing, type PersonWalkDeps } from './person-walk.ts';

export interface LookDeps extends PersonWalkDeps {
  readonly journal: PersonWalkDeps['journal'] & CollectingDeps['journal'] & Pick<OpenJournal, 'stale' | 'size'>;
}

const DONE: Turn = { to: 'done' };
const AGAIN_MS = 1_000;

export function lookTask(deps: LookDeps): TaskHandler {
  return async (_task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'dsar.opened') return DONE;
    const signal = deps.stopping === undefined ? context.signal : AbortSignal.any([context.signal, deps.stopping]);
    const later: Turn = { to: 'aside', until: wait(deps.clock, AGAIN_MS) };
    if (await isBlind(deps)) return later;
    const looked = await lookOf(entry, deps, signal);
    return looked === undefined ? later : { to: 'done', entries: [looked] };
  };
}

/** Whether records may be missing in the index by which a person's are found: it is made again at the next start. */
export async function isBlind({ journal }: { readonly journal: Pick<OpenJournal, 'stale'> }): Promise<boolean> {
  return (await journal.stale()).includes(SEARCH_INDEX);
}

/** Undefined where it was stopped: it is made anew the next time. */
async function lookOf(
  opened: EntryOf<'dsar.opened'>,
  deps: LookDeps,
  signal: AbortSignal,
): Promise<DraftOf<'dsar.looked'> | undefined> {
  const { journal, clock } = deps;
  const looked = clock.now();
  const positions = await collect(opened.body.subject, await journal.size(), deps, signal);
  const walk = new PersonWalk(opened.body.subject, deps, counting());
  if (positions === undefined || !(await walk.through(positions, signal))) return undefined;
  const request = opened.position;
  return {
    kind: 'dsar.looked',
    at: clock.now(),
    source: { system: 'gatehouse', id: `dsar.looked/${String(request)}`, sure: true },
    body: { request, because: request, looked, counts: walk.tally.counts },
  };
}

function counting(): PersonActing {
  const gone = new PositionSet();
  return {
    acts: false,
    go: (layer) => {
      for (const { entry } of layer) gone.add(entry.position);
      return Promise.resolve([]);
    },
    isGone: async (position, view) => gone.has(position) || (await isErased(position, view)),
  };
}
