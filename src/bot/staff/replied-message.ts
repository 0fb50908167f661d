/** The outbound message that a `!retry` or `!cancel` replies to, when its sender may decide about it. */
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
  const found = await tools.portals.message(message.room, message.replyTo);
  if (found === undefined) {
    return err(refused('not-found', `That isn't a message to the customer. Reply to the one you mean with !${name}.`));
  }
  return ok({ portal, message: found });
}
