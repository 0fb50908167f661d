/** `retention.arm-card` and `retention.arm-card-done`: a second officer is asked at every desk whether runs may delete. */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { EventId, UserId } from '../../core/ids.ts';
import type { Role } from '../../core/line.ts';
import type { TaskHandler } from '../../tasks/task.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { changeCards } from './card-done-task.ts';
import { askTask, type CardDeps, type Question } from './card-task.ts';
import type { DeskTools, RetentionRuns } from './desk-context.ts';
import { personShown } from './ended-words.ts';
import { armCardHead, openArmCard } from './retention-run-words.ts';
import { armedAnswer } from './retention-runs.ts';
import { clockTime } from './shown-time.ts';

type Deps = CardDeps & { readonly tools: Pick<DeskTools, 'retention'> };
type Request = EntryOf<'retention.arm-requested'>;

export function armCardTask(deps: Deps): TaskHandler {
  return askTask(deps, (entry) => questionOf(deps, entry));
}

/** Officers alone decide about deletion. */
async function questionOf({ tools }: Deps, entry: Entry | ErasedEntry): Promise<Question | undefined> {
  const request = requestIn(entry);
  const { retention } = tools;
  if (request === undefined || retention === undefined || retention.isOver(request)) return undefined;
  if ((await retention.endOf(request.position)) !== undefined) return undefined;
  const preview = await tools.read(request.body.preview);
  if (preview === undefined || 'erased' in preview || preview.kind !== 'retention.previewed') return undefined;
  return {
    text: openArmCard(request, preview),
    refs: [request.position],
    waits: 'Letting records be deleted by age waits for a second officer.',
    mention: ({ officers }) => officers.filter((officer) => officer !== request.body.by),
  };
}

export function armCardDoneTask(deps: Deps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'retention.armed' || entry.body.request === undefined)
      return { to: 'done' };
    const request = requestIn(await deps.tools.read(entry.body.request));
    if (request === undefined) return { to: 'done' };
    return changeCards(deps, {
      ...{ source: request.position, since: request.recordedAt, refs: [request.position] },
      words: (timezone) => [armCardHead(request), endedWords(entry, timezone, deps)].join('\n'),
      look: context.mayRepeat || task.attempts > 0,
    });
  };
}

function endedWords({ body, recordedAt }: EntryOf<'retention.armed'>, timezone: string, { clock }: Deps): string {
  const time = clockTime(recordedAt, timezone, clock.now());
  if (body.approvedBy !== undefined) return `approved by ${personShown(body.approvedBy)} ${time}`;
  return body.by === undefined ? `over since ${time}` : `decided against by ${personShown(body.by)} ${time}`;
}

export interface ArmWish {
  readonly says: 'yes' | 'no';
  readonly request: Request;
  readonly by: UserId;
  /** The tap. */
  readonly event: EventId;
  readonly role: Role | undefined;
}

/** @throws JournalDown when it can't be written: the task is then tried again. */
export async function decideArming(retention: RetentionRuns | undefined, wish: ArmWish): Promise<Answer> {
  if (retention === undefined) return refused('failed', 'Nothing is deleted here: the admin can see why.');
  const { says, request, by, event, role } = wish;
  if (role !== 'officer') return refused('denied', 'Nothing was done: officers decide about deletion.');
  const act = { by, event, request: request.position };
  if (says === 'yes') return armedAnswer(await retention.approve(act));
  return (await retention.decline(act))
    ? answered('Not armed: nothing is deleted.', { data: { armed: false } })
    : armedAnswer({ is: 'over' });
}

function requestIn(entry: Entry | ErasedEntry | undefined): Request | undefined {
  return entry === undefined || 'erased' in entry || entry.kind !== 'retention.arm-requested' ? undefined : entry;
}
