/** `hold.card` and `hold.card-done`: a second officer is asked at every desk whether a hold is released, and how that ended. */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Millis } from '../../core/ids.ts';
import type { TaskHandler } from '../../tasks/task.ts';
import { changeCards } from './card-done-task.ts';
import { askTask, type CardDeps, type Question } from './card-task.ts';
import type { DeskTools } from './desk-context.ts';
import { endedReleaseWords, openReleaseCard, releaseCardHead } from './hold-words.ts';
import { clockTime } from './shown-time.ts';

type Deps = CardDeps & { readonly tools: Pick<DeskTools, 'holds'> };
type Request = EntryOf<'hold.release-requested'>;

export function holdCardTask(deps: Deps): TaskHandler {
  return askTask(deps, (entry) => questionOf(deps, entry));
}

/** Officers alone decide about holds. */
async function questionOf({ tools }: Deps, entry: Entry | ErasedEntry): Promise<Question | undefined> {
  const request = requestIn(entry);
  if (request === undefined || !(await tools.holds.isAsked(request.position))) return undefined;
  const hold = await tools.holds.placedAt(request.body.placed);
  if (hold === undefined) return undefined;
  return {
    text: openReleaseCard(request, hold),
    refs: [request.position, hold.placed],
    waits: `The release of hold ${hold.hold} waits for a second officer.`,
    mention: ({ officers }) => officers.filter((officer) => officer !== request.body.by),
  };
}

export function holdCardDoneTask(deps: Deps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry) return { to: 'done' };
    const by = entry.kind === 'hold.released' ? entry : requestIn(entry);
    const [ended] = await deps.tools.holds.requestsEndedBy(entry.position);
    const request = ended === undefined ? undefined : requestIn(await deps.tools.read(ended));
    if (request === undefined || by === undefined) return { to: 'done' };
    const time = (timezone: string) => (at: Millis) => clockTime(at, timezone, deps.clock.now());
    return changeCards(deps, {
      ...{ source: request.position, since: request.recordedAt, refs: [request.position, request.body.placed] },
      words: (timezone) => [releaseCardHead(request), endedReleaseWords(by, time(timezone))].join('\n'),
      look: context.mayRepeat || task.attempts > 0,
    });
  };
}

function requestIn(entry: Entry | ErasedEntry | undefined): Request | undefined {
  return entry === undefined || 'erased' in entry || entry.kind !== 'hold.release-requested' ? undefined : entry;
}
