/** `dsar.card` and `dsar.card-done`: a second officer is asked at every desk whether a person's request is done. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { TaskHandler } from '../../tasks/task.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import { changeCards } from './card-done-task.ts';
import { askTask, type Question } from './card-task.ts';
import { again, of, zoneOf, type DsarDeps } from './dsar-told.ts';
import { endedAskWords, openRunCard, refsOfPerson, runCardHead } from './dsar-words.ts';
import { personShown } from './ended-words.ts';

export function dsarCardTask(deps: DsarDeps): TaskHandler {
  return askTask(deps, (entry) => questionOf(deps, entry));
}

/** Officers alone decide about persons' requests. */
async function questionOf(deps: DsarDeps, entry: Entry | ErasedEntry): Promise<Question | undefined> {
  const asked = of(entry, 'dsar.run-requested');
  const { persons } = deps.tools;
  if (asked === undefined || persons === undefined) return undefined;
  const request = await persons.of(asked.body.request);
  if (request === undefined || !persons.needsTwo(request.wants)) return undefined;
  if (!(await persons.isAsked(asked.position))) return undefined;
  return {
    text: openRunCard(request, asked, { timezone: await zoneOf(request, deps), now: deps.clock.now() }),
    refs: [asked.position, ...refsOfPerson(request)],
    waits: `Request ${itemId(request.id)} waits for a second officer.`,
    mention: ({ officers }) => officers.filter((officer) => officer !== asked.body.by),
  };
}

export function dsarCardDoneTask(deps: DsarDeps): TaskHandler {
  return async (task, entry, context) => {
    const { persons } = deps.tools;
    const asked = await persons?.askEndedBy(entry.position);
    const request = asked === undefined ? undefined : await persons?.of(asked.body.request);
    const by = of(entry, 'dsar.decided') ?? of(entry, 'dsar.run-requested');
    if (asked === undefined || request === undefined || by === undefined) return { to: 'done' };
    const now = deps.clock.now();
    return changeCards(deps, {
      ...{ source: asked.position, since: asked.recordedAt, refs: [asked.position] },
      words: (timezone) =>
        [runCardHead(request, personShown(asked.body.by)), endedAskWords(by, { timezone, now })].join('\n'),
      look: again(task.attempts, context),
    });
  };
}
