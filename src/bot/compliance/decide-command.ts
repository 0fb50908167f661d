/** `!c approve <item> [note]`, `!c reject <item> [note]`: the same as a tap, with words for the sender or the record. */
import type { Position } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { command, type Command } from '../command.ts';
import { plainTyping } from '../command-line.ts';
import { decide, type DecisionKind } from './decisions.ts';
import type { DeskContext } from './desk-context.ts';
import { itemTyped } from './item-typed.ts';

/** As many characters as fit a phone's screen. */
const LONGEST_NOTE = 500;

interface Asked {
  readonly verdict: Position;
  readonly note?: string;
}

function parse(rest: string): Result<Asked, string> {
  const [, typed = '', words = ''] = /^\s*((?:item\s+)?\S*)\s*([\s\S]*)$/iu.exec(rest) ?? [];
  const verdict = itemTyped(typed);
  if (!verdict.ok) return verdict;
  const note = plainTyping(words);
  if (note.length > LONGEST_NOTE) return err(`The note is longer than ${LONGEST_NOTE} characters.`);
  return ok({ verdict: verdict.value, ...(note === '' ? {} : { note }) });
}

function deciding(name: string, kind: DecisionKind, told: { summary: string; example: string }): Command<DeskContext> {
  return command<DeskContext, Asked>({
    name,
    usage: `!c ${name} <item> [note]`,
    ...told,
    where: ['desk'],
    roles: ['officer', 'reviewer'],
    parse,
    run: (asked, { message, desk, role, tools, clock }) =>
      decide(tools.decisions, { ...asked, kind, message, desk, role, now: clock.now() }),
  });
}

export const approve = deciding('approve', 'policy.approved', {
  summary: 'lets a quarantined message go out',
  example: '!c approve k4f',
});
export const reject = deciding('reject', 'policy.rejected', {
  summary: 'a quarantined message is not sent; the note is for its sender',
  example: '!c reject k4f please use the payment link',
});
