/** `!chat <network> <address> [text]`: a chat with somebody on any network that its sender has a line on. */
import { networkName } from '../../core/address.ts';
import type { Line } from '../../core/line.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { oneLine } from '../quote.ts';
import { takeAddress } from './address-typed.ts';
import { offerTyped } from './offer.ts';
import type { StaffContext } from './staff-context.ts';
import { lineAtFront, noSuchLine, wantChat } from './want-chat.ts';

const EXAMPLE = '!chat whatsapp +1 202 555 0199 Hello';

export const chat = command<StaffContext, string>({
  name: 'chat',
  usage: '!chat <network> <address> [text]',
  example: EXAMPLE,
  summary: 'opens a chat on any network. With several lines: !chat <network> on <line> <address> [text]',
  where: ['chat', 'portal'],
  parse: (rest) => (rest === '' ? err('On which network, and with whom?') : ok(rest)),
  run: async (rest, context) => {
    const lines = await context.tools.staff.linesOf(context.message.sender);
    const meant = networkMeant(rest, lines);
    if (!meant.ok) return meant.error;
    const { rest: typed, lines: mine } = meant.value;
    const named = /^on\s/iu.test(typed) && lineAtFront(typed, mine) === undefined;
    return named ? noSuchLine(mine) : open(context, meant.value);
  },
});

/** `on <line>` in front of the address or behind it says which line, where there are several. */
async function open(context: StaffContext, { lines, first, rest: typed }: Meant): Promise<Answer> {
  const front = lineAtFront(typed, lines);
  const line = front?.line ?? first;
  const taken = await takeAddress(front?.rest ?? typed, line, context.tools.connectors(line.connector));
  if (!taken.ok) return refused('usage', `${oneLine(taken.error)}\nExample: ${EXAMPLE}`);
  const { address, shown, rest: text } = taken.value;
  if (front !== undefined || lines.length === 1) return wantChat(context, line, { address, shown, text });
  const behind = lineAtFront(text, lines);
  if (behind === undefined) return whichLine(lines, address);
  return wantChat(context, behind.line, { address, shown, text: behind.rest });
}

interface Meant {
  /** On that network; `first` is the first of them. */
  readonly lines: readonly Line[];
  readonly first: Line;
  readonly rest: string;
}

/** The first word names the network, as people or the config call it. */
function networkMeant(rest: string, lines: readonly Line[]): Result<Meant, Answer> {
  const [, word = '', after = ''] = /^(\S+)\s*([\s\S]*)$/u.exec(rest) ?? [];
  const name = word.replace(/[:,]$/u, '').toLowerCase();
  const mine = lines.filter(({ network }) => network === name || networkName(network).toLowerCase() === name);
  const [first] = mine;
  if (first === undefined) return err(offerTyped(rest, lines) ?? noLine(lines));
  return after === ''
    ? err(refused('usage', `With whom?\nExample: ${EXAMPLE}`))
    : ok({ lines: mine, first, rest: after });
}

function noLine(lines: readonly Line[]): Answer {
  if (lines.length === 0) return refused('denied', "You're on no line. Ask its supervisor to add you.");
  const networks = [...new Set(lines.map(({ network }) => network))].join(', ');
  return refused('not-found', `Which network? Yours: ${networks}.\nExample: ${EXAMPLE}`);
}

/** A text from a number that its reader doesn't know can't be taken back: so it is not guessed. */
function whichLine(lines: readonly Line[], address: string): Answer {
  const ways = lines.map((line) => `!chat ${line.network} on ${line.id} ${address}`);
  return refused('usage', ['From which line? Write one of these, with your text behind it:', ...ways].join('\n'));
}
