/** `!cancel`, as a reply: withdraws a message that still waits. */
import { answered, refused } from '../answer.ts';
import { command, takesNothing } from '../command.ts';
import type { MessageState } from '../../bridge/messages/message-store.ts';
import { repliedMessage } from './replied-message.ts';
import { put, type StaffContext } from './staff-context.ts';

export const cancel = command<StaffContext, undefined>({
  name: 'cancel',
  usage: '!cancel',
  example: 'reply to the message with !cancel',
  summary: '(as a reply) stops a message that still waits',
  where: ['portal'],
  parse: takesNothing,
  run: async (_, context) => {
    const replied = await repliedMessage(context, 'cancel');
    if (!replied.ok) return replied.error;
    const { message } = replied.value;
    const why = no[message.state];
    if (why !== null) return refused('failed', why);
    const body = { of: message.position, reason: 'withdrawn', by: context.message.sender } as const;
    await put(context, { kind: 'delivery.abandoned', body });
    const data = { of: message.position };
    // An attempt that is under way can't be called back; when it fails, no other follows.
    if (message.state === 'attempting') {
      return answered("It is being sent right now. If that fails, it isn't tried again.", { code: 'pending', data });
    }
    return answered('Cancelled: nothing goes out.', { data });
  },
});

const WENT = "It went out already and can't be taken back.";
/** Why not, by state; null where it still can be stopped. */
const no: Readonly<Record<MessageState, string | null>> = {
  waiting: null,
  attempting: null,
  quarantined: null,
  pending: WENT,
  sent: WENT,
  delivered: WENT,
  read: WENT,
  unknown: "It may have gone out already and can't be taken back.",
  failed: 'It was not sent; nothing to cancel.',
  withdrawn: 'It was cancelled before.',
};
