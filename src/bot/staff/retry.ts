/** `!retry`, as a reply: sends a message again that did not go out, or perhaps did not. */
import { failures } from '../../core/failures.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { command, takesNothing } from '../command.ts';
import type { MessageState } from '../../bridge/messages/message-store.ts';
import type { MessageHere } from '../portals.ts';
import { repliedMessage } from './replied-message.ts';
import { put, type StaffContext } from './staff-context.ts';

export const retry = command<StaffContext, undefined>({
  name: 'retry',
  usage: '!retry',
  example: 'reply to the message with !retry',
  summary: '(as a reply) sends a message again that failed',
  where: ['portal'],
  parse: takesNothing,
  run: async (_, context) => {
    const replied = await repliedMessage(context, 'retry');
    if (!replied.ok) return replied.error;
    const { message } = replied.value;
    const refusedBecause = refusal(message);
    if (refusedBecause !== undefined) return refusedBecause;
    await put(context, { kind: 'delivery.retry', body: { of: message.position, by: context.message.sender } });
    return answered('Sending it again.', { data: { of: message.position } });
  },
});

const WAITS = 'It is still waiting and goes out by itself. !cancel (reply) stops it.';
const WENT = 'It went out already; nothing to retry.';
/** Why not, by state; null where a person may try again. */
const no: Readonly<Record<MessageState, string | null>> = {
  waiting: WAITS,
  attempting: WAITS,
  quarantined: 'It was stopped at the gate and waits for a decision. Edit it to have it judged anew, or delete it.',
  pending: WENT,
  sent: WENT,
  delivered: WENT,
  read: WENT,
  withdrawn: 'It was withdrawn. Write it again to send it.',
  failed: null,
  unknown: null,
};

function refusal({ state, reason }: MessageHere): Answer | undefined {
  const why = no[state];
  if (why !== null) return refused('failed', why);
  const byHand = reason === undefined || failures[reason].byHand;
  return byHand ? undefined : refused('failed', "The same text can't go out again. Write a new message.");
}
