/** `staff.command`: answers one message of a staff member, in a portal or in the chat with @gatehouse. */
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { alreadyAnswered, sendAnswer, type Speaking } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { incoming, type Incoming } from '../incoming.ts';
import { answerStaff } from './answer-staff.ts';
import { readCard } from './card-file.ts';
import type { StaffTools } from './staff-context.ts';

export interface StaffCommandDeps {
  readonly tools: StaffTools;
  readonly homeserver: Speaking & Pick<Homeserver, 'download' | 'gatehouse'>;
}

/**
 * What a command asks for is on record before it is answered. On a repeat the answer is looked for first: where it is,
 * the command was done.
 */
export function staffCommandTask({ tools, homeserver }: StaffCommandDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    const message = 'erased' in entry ? undefined : incoming(entry);
    if (message === undefined) return { to: 'done' };
    const as = homeserver.gatehouse;
    const look = context.mayRepeat || task.attempts > 0;
    if (look) {
      const there = await alreadyAnswered(homeserver, { as, to: message });
      if (!there.ok) return turnAfter(there.error);
      if (there.value) return { to: 'done' };
    }
    const said = await saidIn(message, homeserver, context.signal);
    if (!said.ok) return turnAfter(said.error);
    const portal = await tools.portals.byRoom(message.room);
    const { command, answer } = await answerStaff({ message: said.value, portal, tools });
    const sent = await sendAnswer(homeserver, { as, to: message, command, answer, look });
    return sent.ok ? { to: 'done' } : turnAfter(sent.error);
  };
}

/** What a contact card says stands in the file that it is. */
async function saidIn(
  message: Incoming,
  homeserver: Pick<Homeserver, 'download'>,
  signal: AbortSignal,
): Promise<Result<Incoming, HomeserverFailure>> {
  if (message.card === undefined) return ok(message);
  const card = await readCard(homeserver, message.card, signal);
  return card.ok ? ok({ ...message, text: card.value }) : card;
}
