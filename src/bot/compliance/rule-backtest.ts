/** `!c rule backtest <id> [90d]`: what a rule would have found. The result is a message of its own. */
import { answered, refused, type Answer } from '../answer.ts';
import type { DeskContext } from './desk-context.ts';
import { grouped } from './shown-time.ts';
import type { As } from '../../policy/rules/rule-to-try.ts';
import { noSuch } from './rule-shown.ts';
import type { RuleAsked } from './rule-asked.ts';

type Asked = Extract<RuleAsked, { do: 'backtest' }>;

const DAY_MS = 86_400_000;

/** After the rule's name. */
export const AS_WORDS: Readonly<Record<As, string>> = {
  'in-force': '',
  off: ' (switched off)',
  proposed: ' (as proposed)',
  'in-files': ' (from the files, not loaded)',
};

export async function backtestAnswer({ id, spanMs }: Asked, context: DeskContext): Promise<Answer> {
  const { tools, role, message } = context;
  const { backtests } = tools;
  if (role === 'auditor') return refused('denied', 'Officers and reviewers ask for back-tests.');
  if (backtests === undefined) return refused('failed', 'No rules are judged here: the admin can see why.');
  if (id === undefined) return progressAnswer(await backtests.progress());
  const { sender: by, room, event, at } = message;
  const asked = await backtests.ask({ rule: id, spanMs, by, room, event, at });
  if (asked.is === 'unknown') return noSuch(id, asked.meant);
  const text = `Trying ${id}${AS_WORDS[asked.as]} on the last ${daysOf(spanMs)}. The result comes here; !c rule backtest says how far it is.`;
  return answered(text, { code: 'pending', data: { id, as: asked.as } });
}

export function daysOf(spanMs: number): string {
  const days = Math.round(spanMs / DAY_MS);
  return days === 1 ? 'day' : `${grouped(days)} days`;
}

function progressAnswer(now: { rule: string; done: number; total: number } | undefined): Answer {
  if (now === undefined) return answered('No back-test is under way. Write it like: !c rule backtest off-channel 90d');
  const { rule, done, total } = now;
  const text = `${rule}: ${grouped(done)} of ${grouped(total)} records looked through`;
  return answered(text, { data: { rule, done, total } });
}
