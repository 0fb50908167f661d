/** `!correct`, as a reply: the customer gets what a message says by now, where their network can't change it. */
import { networkName } from '../../core/address.ts';
import { wentOut } from '../../bridge/messages/message-moves.ts';
import { answered, refused } from '../answer.ts';
import { command, takesNothing } from '../command.ts';
import { repliedMessage } from './replied-message.ts';
import { put, type StaffContext } from './staff-context.ts';

/** An asterisk before a text says that it takes an earlier one's place, as people write it themselves. */
const SIGN = '* ';

export const correct = command<StaffContext, undefined>({
  name: 'correct',
  usage: '!correct',
  example: 'edit a message, then reply to it with !correct',
  summary: '(as a reply) sends the customer the new text of a message that you edited',
  where: ['portal'],
  parse: takesNothing,
  run: async (_, context) => {
    const replied = await repliedMessage(context, 'correct');
    if (!replied.ok) return replied.error;
    const { portal, message } = replied.value;
    const { tools } = context;
    if (!wentOut(message.state))
      return refused('failed', "It hasn't gone out: an edit is enough, and goes out instead.");
    const text = await tools.portals.newestEdit(message.position);
    if (text === undefined)
      return refused('failed', "It wasn't edited since it went out. Edit it, then reply !correct.");
    const line = (await tools.staff.linesOf(context.message.sender)).find(({ id }) => id === portal.line);
    if (line === undefined) return refused('denied', "You're not on this line.");
    const able = tools.connectors(line.connector)?.capabilities({ from: line.address, to: portal.address });
    if (able !== undefined && able.edit > 0) {
      const network = networkName(portal.network);
      return refused(
        'failed',
        `${network} changes it for the customer by itself. If it says it couldn't, write it anew.`,
      );
    }
    const { network, address } = portal;
    const { sender: by, position: because } = context.message;
    const body = { line: line.id, network, address, by, because, text: `${SIGN}${text}` };
    await put(context, { kind: 'portal.wanted', body }, line);
    return answered('Sending the new text.', { data: { of: message.position } });
  },
});
