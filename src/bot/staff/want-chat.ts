/** Asks for a chat on a line, and says where it is: what `!sms` and `!chat` have in common. */
import { networkName } from '../../core/address.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import type { Address } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { oneLine, roomLink } from '../quote.ts';
import { put, type StaffConnector, type StaffContext } from './staff-context.ts';

/** Whom, as an address of the line's network, and the first words to them; empty for none. */
export interface Wanted {
  readonly address: Address;
  /** As people write it. */
  readonly shown: string;
  readonly text: string;
}

export async function wantChat(context: StaffContext, line: Line, wanted: Wanted): Promise<Answer> {
  const { message, tools } = context;
  const { address, text } = wanted;
  const shown = oneLine(wanted.shown);
  if (address === line.address) return refused('usage', `${shown} is this line's own ${called(line)}.`);
  const room = await tools.portals.roomOf({ line: line.id, network: line.network, address });
  if (room === undefined || text !== '') {
    const body = { line: line.id, network: line.network, address, by: message.sender, because: message.position };
    await put(context, { kind: 'portal.wanted', body: text === '' ? body : { ...body, text } }, line);
  }
  const only = approvedOnly(tools.connectors(line.connector), line, { address, isNew: room === undefined });
  if (room !== undefined) return whereItIs(shown, roomLink(room, tools.domain), { line: line.id, room }, only);
  const opening = `Opening a chat with ${shown} on ${oneLine(line.name)} …`;
  return answered(only === undefined ? opening : `${opening}\n${only}`, { data: { line: line.id } });
}

/** Said before anybody writes a text that such a network won't take; undefined where it takes any, or perhaps does. */
function approvedOnly(
  connector: StaffConnector | undefined,
  { address: from, network }: Line,
  to: { readonly address: Address; readonly isNew: boolean },
): string | undefined {
  const able = connector?.capabilities({ from, to: to.address });
  if (able?.service_window === undefined || able.templates <= 0) return undefined;
  const refusal = connector?.refuses?.({ from, to: to.address, text: 'Hello' });
  if (refusal?.reason !== 'window-closed' && !to.isNew) return undefined;
  return `${networkName(network)} takes only approved texts until they write to us: !templates shows them there.`;
}

function called({ network }: Line): string {
  return network === 'sms' ? 'number' : 'address';
}

/** Tells where the chat is, once it is open. */
export function whereItIs(
  who: string,
  link: string,
  data: { readonly line: string; readonly room: string },
  besides?: string,
): Answer {
  const more = besides === undefined ? '' : `\n${besides}`;
  const html = `Your chat with <a href="${escapeHtml(link)}">${escapeHtml(who)}</a>${escapeHtml(more)}`;
  return answered(`Your chat with ${who}: ${link}${more}`, { html: html.replace('\n', '<br>'), data });
}

/** The line that `on <line>` at the front of `text` names, by id or name. */
export function lineAtFront(text: string, lines: readonly Line[]): { line: Line; rest: string } | undefined {
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

/** Somebody named a line that they are not on. */
export function noSuchLine(lines: readonly Line[]): Answer {
  return refused(
    'not-found',
    `You're on no line of that name. Yours: ${lines.map(({ name }) => oneLine(name)).join(', ')}.`,
  );
}
