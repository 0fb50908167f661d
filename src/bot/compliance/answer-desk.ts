/** What a desk answers to one `!c …`, once its room is fit for answers. */
import type { Clock } from '../../core/clock.ts';
import type { Desk } from '../../core/line.ts';
import { refused, type Answer } from '../answer.ts';
import { parseCommand, parseSubcommand, type Spoken } from '../command-line.ts';
import { fits, unknownCommand } from '../help.ts';
import type { Incoming } from '../incoming.ts';
import { deskCommands } from './desk-commands.ts';
import type { DeskTools } from './desk-context.ts';
import { deskRole } from './desk-role.ts';
import type { PageMemory } from './page-memory.ts';

/** Who asked five minutes ago no longer waits for it, and may not be alone with the screen any more. */
const TOO_OLD_MS = 5 * 60_000;

export interface DeskAnswer {
  /** The command's name; `unknown` for what is none. Never what was typed. */
  readonly command: string;
  readonly answer: Answer;
}

export interface Asking {
  readonly message: Incoming;
  readonly desk: Desk;
  readonly domain: string;
  readonly tools: DeskTools;
  readonly pages: PageMemory;
  readonly clock: Pick<Clock, 'now'>;
}

function spokenTo(text: string): Spoken {
  return parseSubcommand(parseCommand(text)?.rest ?? '') ?? { name: 'help', rest: '' };
}

/** The name under which `text` is on record: one of ours, or `unknown`. */
export function commandName(text: string): string {
  const { name } = spokenTo(text);
  return deskCommands.find((entry) => entry.name === name)?.name ?? 'unknown';
}

/** The clocks are compared only where they matter: one that was set makes no command old, and no old one new. */
async function isTooOld({ message, tools, clock }: Asking): Promise<boolean> {
  const waitedMs = clock.now() - message.at;
  if (waitedMs >= 0 && waitedMs <= TOO_OLD_MS) return false;
  const skewMs = (await tools.skewAt?.(message.position)) ?? 0;
  return waitedMs - skewMs > TOO_OLD_MS;
}

export async function answerDesk(asking: Asking): Promise<DeskAnswer> {
  const { message, desk, domain, tools, pages, clock } = asking;
  const spoken = spokenTo(message.text);
  const known = deskCommands.find((entry) => entry.name === spoken.name);
  const command = commandName(message.text);
  const role = deskRole(desk, message.sender, domain);
  if (role === undefined) return { command, answer: refused('denied', 'You have no role at this desk.') };
  if (await isTooOld(asking)) return { command, answer: refused('failed', 'Too old, say it again.') };
  if (known === undefined) {
    const here = deskCommands.filter((entry) => fits(entry, 'desk', role));
    return { command, answer: unknownCommand(spoken.name, here, '!c ') };
  }
  if (!fits(known, 'desk', role)) {
    return { command, answer: refused('denied', `!c ${known.name} is not for the role of ${role}.`) };
  }
  return { command, answer: await known.ask(spoken.rest, { message, desk, role, domain, tools, pages, clock }) };
}
