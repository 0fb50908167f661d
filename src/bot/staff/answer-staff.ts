/** What @gatehouse answers to one message of a staff member. */
import { answered, refused, type Answer } from '../answer.ts';
import { parseCommand, type Spoken } from '../command-line.ts';
import { fits, unknownCommand } from '../help.ts';
import { oneLine } from '../quote.ts';
import type { PortalHere } from '../portals.ts';
import { offerChat } from './offer.ts';
import { staffCommands } from './staff-commands.ts';
import type { StaffContext } from './staff-context.ts';

export interface StaffAnswer {
  /** The command's name; `text` for what is none. */
  readonly command: string;
  readonly answer: Answer;
}

export async function answerStaff(context: StaffContext): Promise<StaffAnswer> {
  const { message, portal } = context;
  const spoken = parseCommand(message.text);
  if (spoken === undefined) return { command: 'text', answer: await answerText(context) };
  if (portal !== undefined && !message.plain)
    return { command: 'unknown', answer: notSent(portal, 'commands are plain text.') };
  const place = portal === undefined ? 'chat' : 'portal';
  const known = staffCommands.find((entry) => entry.name === spoken.name);
  if (known === undefined) return { command: 'unknown', answer: unknown(spoken, portal) };
  if (!fits(known, place)) return { command: known.name, answer: misplaced(known.name) };
  return { command: known.name, answer: await known.ask(spoken.rest, context) };
}

function unknown(spoken: Spoken, portal: PortalHere | undefined): Answer {
  const place = portal === undefined ? 'chat' : 'portal';
  const here = staffCommands.filter((entry) => fits(entry, place));
  const answer = unknownCommand(spoken.name, here, '!');
  if (portal === undefined) return answer;
  const meant = answer.data?.['meant'];
  const hint = typeof meant === 'string' ? `Did you mean !${meant}? !help shows all.` : '!help shows them.';
  return notSent(portal, `no such command. ${hint}`, answer.data);
}

/** In a portal it was perhaps meant for the customer, so it must be noticed that nothing went out. */
function notSent(portal: PortalHere, why: string, data: Answer['data'] = {}): Answer {
  return refused('usage', `Not sent to ${oneLine(portal.name)}: ${why}`, { urgent: true, data });
}

function misplaced(name: string): Answer {
  return refused('usage', `!${name} works in a customer's chat. !help shows what works here.`);
}

async function answerText(context: StaffContext): Promise<Answer> {
  const lines = await context.tools.staff.linesOf(context.message.sender);
  return offerChat(context.message.text, lines) ?? answered('I take commands here. !help shows them.');
}
