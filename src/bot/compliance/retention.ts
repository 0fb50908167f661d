/** `!c retention …`: how long what is kept, and what goes when that is over. */
import { nearest } from '../../core/nearest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { parseSubcommand } from '../command-line.ts';
import type { DeskContext } from './desk-context.ts';
import type { RetentionAct } from './retention-act.ts';
import { runAnswer, type RunAct } from './retention-runs.ts';
import { retentionSet } from './retention-set.ts';
import { retentionShow } from './retention-show.ts';

const runs: readonly (readonly [act: RunAct, help: string])[] = [
  ['status', '!c retention: whether anything is deleted, and how far a run is'],
  ['preview', '!c retention preview: what would go, and what stays why'],
  ['arm', '!c retention arm: after a preview, with a second officer; from then on the nightly run deletes'],
  ['disarm', '!c retention disarm: nothing is deleted any more'],
  ['run', '!c retention run: now, not only tonight'],
  ['confirm-clock', '!c retention confirm-clock: the clock jumped, and is right'],
];

const acts: readonly RetentionAct[] = [retentionShow, retentionSet, ...runs.map(([name, help]) => runAct(name, help))];

interface Asked {
  /** Undefined: help. */
  readonly act: RetentionAct | undefined;
  readonly rest: string;
}

export const retention = command<DeskContext, Asked>({
  name: 'retention',
  usage: `!c retention [${acts.map(({ name }) => name).join('|')}]`,
  example: '!c retention show',
  summary: 'how long records are kept, and when they go',
  where: ['desk'],
  parse: asked,
  run: ({ act, rest }, context) => (act === undefined ? help() : run(act, rest, context)),
});

function asked(rest: string): Result<Asked, string> {
  const spoken = parseSubcommand(rest);
  if (spoken?.name === 'help') return ok({ act: undefined, rest: '' });
  const wanted = spoken?.name ?? 'status';
  const act = acts.find(({ name }) => name === wanted);
  if (act !== undefined) return ok({ act, rest: spoken?.rest ?? '' });
  const meant = nearest(
    wanted,
    acts.map(({ name }) => name),
  );
  return err(meant === undefined ? 'Say !c retention help for what there is.' : `Did you mean !c retention ${meant}?`);
}

function help(): Promise<Answer> {
  const lines = acts.map((act) => act.help);
  return Promise.resolve(answered(lines.join('\n'), { data: { lines: lines.length } }));
}

function run(act: RetentionAct, rest: string, context: DeskContext): Promise<Answer> {
  if (act.officers && context.role !== 'officer') {
    return Promise.resolve(refused('denied', 'Only officers change how long records are kept.'));
  }
  return act.ask(rest, context);
}

/** Who may is said there. */
function runAct(name: RunAct, help: string): RetentionAct {
  return {
    name,
    help,
    officers: false,
    ask: (_, context) => {
      const { retention: known } = context.tools;
      return known === undefined
        ? Promise.resolve(refused('failed', 'Nothing goes by age here.'))
        : runAnswer(name, known, context);
    },
  };
}
