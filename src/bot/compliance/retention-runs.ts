/** `!c retention preview|run|arm|disarm|confirm-clock`: what goes by age, and who lets it. */
import type { Armed } from '../../retention/run/acts.ts';
import { answered, refused, type Answer } from '../answer.ts';
import type { DeskContext, RetentionRuns } from './desk-context.ts';
import { personShown } from './ended-words.ts';
import { setByWords } from './retention-run-words.ts';
import { clockTime } from './shown-time.ts';

export type RunAct = 'preview' | 'run' | 'arm' | 'disarm' | 'confirm-clock' | 'status';

/** @throws JournalDown when it can't be written: the task is then tried again. */
export function runAnswer(act: RunAct, runs: RetentionRuns, context: DeskContext): Promise<Answer> {
  const { message, role } = context;
  if (act !== 'status' && role !== 'officer') {
    return Promise.resolve(refused('denied', 'Officers decide about deletion.'));
  }
  const { sender: by, event } = message;
  switch (act) {
    case 'status':
      return statusAnswer(runs, context);
    case 'preview':
      return askAnswer(act, 'Counting what would go. The answer comes here.', runs, context);
    case 'run':
      return askAnswer(
        act,
        'The run begins. Its certificate comes here; !c retention says how far it is.',
        runs,
        context,
      );
    case 'arm':
      return runs.arm({ by, event }).then(armedAnswer);
    case 'disarm':
      return disarmAnswer(runs, context);
    case 'confirm-clock':
      return confirmAnswer(runs, context);
  }
}

async function askAnswer(
  act: 'preview' | 'run',
  text: string,
  runs: RetentionRuns,
  { message }: DeskContext,
): Promise<Answer> {
  const { sender: by, room, event } = message;
  await runs.ask(act, { by, room, event });
  return answered(text, { code: 'pending', data: { act } });
}

async function statusAnswer(runs: RetentionRuns, { desk, clock }: DeskContext): Promise<Answer> {
  const { armed, running } = await runs.state();
  const time = armed === undefined ? '' : clockTime(armed.recordedAt, desk.timezone, clock.now());
  const by = [armed?.body.by, armed?.body.approvedBy].flatMap((user) =>
    user === undefined ? [] : [personShown(user)],
  );
  const lines = [
    armed === undefined
      ? 'Nothing is deleted: not armed. !c retention preview, then !c retention arm.'
      : `Armed by ${by.join(' and ')} ${time}: each nightly run deletes what is due.`,
    ...(running === undefined ? [] : [`A run is under way: ${percent(running)}.`]),
  ];
  return answered(lines.join('\n'), { data: { armed: armed !== undefined, running: running !== undefined } });
}

function percent({ done, total }: { readonly done: number; readonly total: number }): string {
  return total === 0 ? '100 %' : `${String(Math.floor((100 * done) / total))} %`;
}

export function armedAnswer(came: Armed): Answer {
  switch (came.is) {
    case 'armed':
      return answered('Armed: each nightly run deletes what is due, until the classes change.', {
        data: { armed: true },
      });
    case 'asked':
      return answered('A second officer has to agree: ✅ on the card, or !c retention arm.', {
        code: 'pending',
        data: { request: came.request },
      });
    case 'already':
      return refused('failed', 'It is armed already. !c retention disarm stops it.');
    case 'own':
      return refused('failed', 'Nothing was done: you asked for it, so another officer has to agree.');
    case 'over':
      return refused('failed', 'Nothing was done: that question is over. Say !c retention preview, then arm.');
    case 'no-preview':
      return refused('failed', 'Look first: !c retention preview. Then !c retention arm.');
    case 'no-classes':
      return refused('failed', 'No classes are on record yet: the admin can see why.');
  }
}

async function disarmAnswer(runs: RetentionRuns, { message }: DeskContext): Promise<Answer> {
  const done = await runs.disarm({ by: message.sender, event: message.event });
  return done
    ? answered('Nothing more is deleted. Runs only count from now on.', { data: { armed: false } })
    : refused('failed', 'It is not armed: nothing is deleted.');
}

async function confirmAnswer(runs: RetentionRuns, { message }: DeskContext): Promise<Answer> {
  const byMs = await runs.confirmClock({ by: message.sender, event: message.event });
  return byMs === undefined
    ? refused('failed', 'Nobody doubts the clock: there is nothing to confirm.')
    : answered(`The clock was set ${setByWords(byMs)} and is right: runs go on.`, { data: { byMs } });
}
