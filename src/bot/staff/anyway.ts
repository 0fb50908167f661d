/**
 * `!anyway <why>`, as a reply: its sender sends what a rule warned of all the same. On record with the reason, good for
 * that content alone, and only for as long as the warning says.
 */
import { err, ok, type Result } from '../../core/result.ts';
import { after, type EventId, type Millis, type Position } from '../../core/ids.ts';
import { WARN_MS } from '../../policy/judging/verdict-draft.ts';
import type { KnownVerdict } from '../../policy/verdicts/verdict-store.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { plainTyping } from '../command-line.ts';
import { repliedMessage } from './replied-message.ts';
import { put, type StaffContext } from './staff-context.ts';

const LEAST_WORDS = 3;
const LONGEST = 500;

export const anyway = command<StaffContext, string>({
  name: 'anyway',
  usage: '!anyway <why>',
  example: '!anyway she asked for the bank details',
  summary: '(as a reply) sends what a rule warned you of all the same',
  where: ['portal', 'chat'],
  parse: (rest) => {
    const reason = plainTyping(rest);
    if (reason.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length < LEAST_WORDS) {
      return err(`Why? Say it in ${LEAST_WORDS} words or more: it goes on record.`);
    }
    return reason.length > LONGEST ? err(`That is longer than ${LONGEST} characters.`) : ok(reason);
  },
  run: (reason, context) =>
    context.portal === undefined ? afterRefusal(reason, context) : afterWarning(reason, context),
});

interface Warned {
  /** The verdict or the refusal that warned. */
  readonly of: Position;
  readonly message?: Position;
  readonly content: string;
  readonly until: Millis;
}

async function afterWarning(reason: string, context: StaffContext): Promise<Answer> {
  const replied = await repliedMessage(context, 'anyway');
  if (!replied.ok) return replied.error;
  const { message } = replied.value;
  const { sender } = context.message;
  if (message.sender !== sender) return refused('denied', 'Only whoever wrote it can send it all the same.');
  const warned = stillWarned(await context.tools.warnings.ofMessage(message.position), context);
  if (!warned.ok) return warned.error;
  await override(reason, { ...warned.value, message: message.position }, context);
  return answered('It goes out now. Your reason is on record.', { data: { of: message.position } });
}

/** A command that is taken twice after a crash finds its own override, and answers the same. */
function stillWarned(verdict: KnownVerdict | undefined, { message }: StaffContext): Result<Warned, Answer> {
  const why = verdict === undefined ? NOT_WARNED : notWarned(verdict);
  if (verdict?.until === undefined || why !== undefined) return err(why ?? NOT_WARNED);
  const { state, position: of, content, until } = verdict;
  const open = state === 'open' || state === 'overridden';
  if (open && message.recordedAt <= until) return ok({ of, content, until });
  return err(tooLate('Write it again, or reply !retry to be asked again.'));
}

const NOT_WARNED = refused('failed', 'No rule warned of that message; there is nothing to send all the same.');
const EDITED = refused('failed', 'It was edited since, and is judged anew.');
const ASKED = refused('denied', 'Compliance was asked about it; only they can let it go out.');

function notWarned({ consequence, state }: KnownVerdict): Answer | undefined {
  if (consequence === 'quarantine') return ASKED;
  if (consequence !== 'warn') return NOT_WARNED;
  return state === 'superseded' ? EDITED : undefined;
}

function tooLate(then: string): Answer {
  return refused('failed', `Too late: that is good for a few minutes only. ${then}`, { urgent: true });
}

/** In the chat with @gatehouse: what was refused before it existed has to be sent once more. */
async function afterRefusal(reason: string, context: StaffContext): Promise<Answer> {
  const { message, tools } = context;
  if (message.replyTo === undefined) return refused('usage', 'Which message? Reply to what I told you of it.');
  const refusal = await tools.warnings.refusal(message.room, message.replyTo);
  if (refusal === undefined) return afterwards(reason, context, message.replyTo);
  const { user, content, until } = refusal.body;
  if (user !== message.sender) return refused('denied', 'Only whoever wrote it can send it all the same.');
  if (until === undefined) return refused('denied', 'That rule lets nobody send it all the same.');
  if (message.recordedAt > until) return tooLate('Send it again to be asked again.');
  await override(reason, { of: refusal.position, content, until }, context);
  return answered('Noted. Now send it again: the very same words go through, for a few minutes.');
}

/** What stands in its room already needs nothing but the reason; the same words may be written again for a while. */
async function afterwards(reason: string, context: StaffContext, replyTo: EventId): Promise<Answer> {
  const { message, tools } = context;
  const warned = await tools.warnings.warned(message.room, replyTo);
  if (warned === undefined) return refused('not-found', 'Reply !anyway to what I told you of a message.');
  const { verdict, sender } = warned;
  if (sender !== message.sender) return refused('denied', 'Only whoever wrote it can say why it shall stand.');
  const { position: of, body } = verdict;
  await override(reason, { of, content: body.content, until: after(message.at, WARN_MS) }, context);
  return answered('Noted. It stands as it is; your reason is on record.');
}

async function override(reason: string, warned: Warned, context: StaffContext): Promise<void> {
  const by = context.message.sender;
  await put(context, { kind: 'policy.overridden', body: { ...warned, by, reason } });
}
