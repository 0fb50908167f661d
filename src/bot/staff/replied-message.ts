/** The outbound message that a `!retry` or `!cancel` replies to, when its sender may decide about it. */
import { isLate, needsSkew } from '../../bridge/outbound/lateness.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { refused, type Answer } from '../answer.ts';
import type { MessageHere, PortalHere } from '../portals.ts';
import type { StaffContext } from './staff-context.ts';

export interface Replied {
  readonly portal: PortalHere;
  readonly message: MessageHere;
}

export async function repliedMessage(context: StaffContext, name: string): Promise<Result<Replied, Answer>> {
  const { message, portal, tools } = context;
  if (portal === undefined) return err(refused('usage', `!${name} works in a customer's chat.`));
  if (!(await tools.staff.isStaff(portal.line, message.sender))) {
    return err(refused('denied', "You're not on this line. Ask its supervisor to add you."));
  }
  if (message.replyTo === undefined) {
    return err(refused('usage', `Which message? Reply to it with !${name}.`));
  }
  if (await isTooLate(context)) {
    const text = `Not done: this reached us long after you wrote it. If you still want it, reply with !${name} again.`;
    return err(refused('failed', text, { urgent: true }));
  }
  const found = await tools.portals.message(message.room, message.replyTo);
  if (found === undefined) {
    return err(refused('not-found', `That isn't a message to the customer. Reply to the one you mean with !${name}.`));
  }
  return ok({ portal, message: found });
}

/** What was decided about the message long ago may be wrong by now: the rule for texts that come late (DESIGN 7). */
async function isTooLate({ message, tools }: StaffContext): Promise<boolean> {
  const arrived = { at: message.at, recordedAt: message.recordedAt, generation: 0 };
  const skewMs = needsSkew(arrived) ? await tools.skewAt?.(message.position) : 0;
  return isLate(arrived, false, skewMs);
}
