/** `!sms <number> [text]`: a chat with a number, and its first text. */
import { escapeHtml } from '../../core/escape-html.ts';
import type { Line } from '../../core/line.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { oneLine, roomLink } from '../quote.ts';
import { countryOf, takeNumber, type NumberTaken } from './phone-number.ts';
import { put, type StaffContext } from './staff-context.ts';

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
    const after = chosen.value.named ? undefined : lineAtFront(taken.value.rest, lines);
    return open(context, after?.line ?? line, { ...taken.value, rest: after?.rest ?? taken.value.rest });
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
  if (named !== undefined) return ok({ ...named, named: true });
  const yours = lines.map((line) => oneLine(line.name)).join(', ');
  return err(refused('not-found', `You're on no line of that name. Yours: ${yours}.`));
}

/** The line that `on <line>` at the front of `text` names, by id or name. */
function lineAtFront(text: string, lines: readonly Line[]): { line: Line; rest: string } | undefined {
  const after = /^on\s+([\s\S]*)$/iu.exec(text)?.[1];
  if (after === undefined) return undefined;
  const names = lines.flatMap((line) => [line.id, line.name].map((name) => ({ line, name })));
  const found = names
    .filter(
      ({ name }) =>
        after.toLowerCase().startsWith(name.toLowerCase()) && /^(?:[\s:,]|$)/u.test(after.slice(name.length)),
    )
    .sort((a, b) => b.name.length - a.name.length)[0];
  return found === undefined
    ? undefined
    : { line: found.line, rest: after.slice(found.name.length).replace(/^[\s:,]+/u, '') };
}

async function open(context: StaffContext, line: Line, taken: NumberTaken): Promise<Answer> {
  const { message, tools } = context;
  const { address, shown, rest: text } = taken;
  if (address === line.address) return refused('usage', `${shown} is this line's own number.`);
  const room = await tools.portals.roomOf({ line: line.id, network: line.network, address });
  if (room === undefined || text !== '') {
    const wanted = { line: line.id, network: line.network, address, by: message.sender, because: message.position };
    await put(context, { kind: 'portal.wanted', body: text === '' ? wanted : { ...wanted, text } }, line);
  }
  if (room === undefined)
    return answered(`Opening a chat with ${shown} on ${oneLine(line.name)} …`, { data: { line: line.id } });
  return whereItIs(shown, roomLink(room, tools.domain), { line: line.id, room });
}

/** Tells where the chat is, once it is open. */
export function whereItIs(who: string, link: string, data: { readonly line: string; readonly room: string }): Answer {
  return answered(`Your chat with ${who}: ${link}`, {
    html: `Your chat with <a href="${escapeHtml(link)}">${escapeHtml(who)}</a>`,
    data,
  });
}
