/** `!sms <number> [text]`: a chat with a number, and its first text. */
import type { Line } from '../../core/line.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { oneLine } from '../quote.ts';
import { countryOf, takeNumber } from './phone-number.ts';
import type { StaffContext } from './staff-context.ts';
import { lineAtFront, noSuchLine, wantChat } from './want-chat.ts';

export const sms = command<StaffContext, string>({
  name: 'sms',
  usage: '!sms <number> [text]',
  example: '!sms +1 202 555 0199 Hello',
  summary: 'opens a chat with a number. With several lines: !sms on <line> <number> [text]',
  where: ['chat', 'portal'],
  parse: (rest) => (rest === '' ? err('Which number?') : ok(rest)),
  run: async (rest, context) => {
    const lines = (await context.tools.staff.linesOf(context.message.sender)).filter((line) => line.network === 'sms');
    const chosen = chooseLine(rest, lines);
    if (!chosen.ok) return chosen.error;
    const { line } = chosen.value;
    const taken = takeNumber(chosen.value.rest, line.country ?? countryOf(line.address));
    if (!taken.ok) return refused('usage', `${oneLine(taken.error)}\nExample: !sms +1 202 555 0199 Hello`);
    const { address, shown, rest: text } = taken.value;
    const after = chosen.value.named ? undefined : lineAtFront(text, lines);
    return wantChat(context, after?.line ?? line, { address, shown, text: after?.rest ?? text });
  },
});

interface Chosen {
  readonly line: Line;
  readonly rest: string;
  readonly named: boolean;
}

/** `on <line>` in front of the number must name a line; behind it the words may be the text's own. */
function chooseLine(rest: string, lines: readonly Line[]): Result<Chosen, Answer> {
  const [first] = lines;
  if (first === undefined) return err(refused('denied', "You're on no SMS line. Ask its supervisor to add you."));
  if (!/^on\s/iu.test(rest)) return ok({ line: first, rest, named: false });
  const named = lineAtFront(rest, lines);
  return named === undefined ? err(noSuchLine(lines)) : ok({ ...named, named: true });
}
