/** What @gatehouse answers to a number or a contact card: the commands that begin a chat. */
import { isByPhone, networkName } from '../../core/address.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import type { Line } from '../../core/line.ts';
import { answered, type Answer } from '../answer.ts';
import { oneLine } from '../quote.ts';
import { bareNumber, countryOf, takeNumber, type NumberTaken } from './phone-number.ts';
import { cardIn, type Card } from './vcard.ts';

const NUMBERS_MAX = 3;
const EXAMPLE_WORDS = 'Hello';

/** Undefined for what is neither, and where nobody could be written to by number. */
export function offerChat(text: string, lines: readonly Line[]): Answer | undefined {
  const reachable = lines.filter(({ network }) => isByPhone(network));
  const [first] = reachable;
  if (first === undefined) return undefined;
  const country = first.country ?? countryOf(first.address);
  const card = cardIn(text);
  if (card !== undefined) return offerCard(card, country, reachable);
  const number = bareNumber(text, country);
  return number === undefined ? undefined : offer(number.shown, [number], reachable);
}

/** The same to a number that stands before the first words, where no network was named. */
export function offerTyped(typed: string, lines: readonly Line[]): Answer | undefined {
  const reachable = lines.filter(({ network }) => isByPhone(network));
  const [first] = reachable;
  const number = first === undefined ? undefined : takeNumber(typed, first.country ?? countryOf(first.address));
  if (number?.ok !== true) return undefined;
  const { shown, rest } = number.value;
  return offer(shown, [number.value], reachable, rest === '' || rest.includes('\n') ? EXAMPLE_WORDS : rest);
}

function offerCard(card: Card, country: string | undefined, lines: readonly Line[]): Answer {
  const numbers = new Map<string, NumberTaken>();
  for (const phone of card.phones) {
    const taken = takeNumber(phone, country);
    if (taken.ok && numbers.size < NUMBERS_MAX) numbers.set(taken.value.address, taken.value);
  }
  const name = oneLine(card.name);
  if (numbers.size === 0)
    return answered(`No phone number that I can read is in the card${name === '' ? '' : ` of ${name}`}.`);
  const shown = [...numbers.values()].map((number) => number.shown).join(', ');
  return offer(name === '' ? shown : `${name}, ${shown}`, [...numbers.values()], lines);
}

function offer(who: string, numbers: readonly NumberTaken[], lines: readonly Line[], words = EXAMPLE_WORDS): Answer {
  const networks = [...new Set(lines.map(({ network }) => network))];
  const [only] = networks;
  const by = networks.length === 1 && only !== undefined ? ` by ${networkName(only)}` : '';
  const head = `To write to ${who}${by}:`;
  const ways = numbers.flatMap(({ address }) =>
    lines.flatMap((line) => wayOf(line, address, lines)).map((way) => `${way} ${words}`),
  );
  return answered([head, ...ways].join('\n'), {
    html: [escapeHtml(head), ...ways.map((way) => `<code>${escapeHtml(way)}</code>`)].join('<br>'),
  });
}

/** `!sms` takes the first of several lines; others are named. */
function wayOf(line: Line, address: string, lines: readonly Line[]): readonly string[] {
  const alike = lines.filter(({ network }) => network === line.network);
  if (line.network === 'sms') return alike[0] === line ? [`!sms ${address}`] : [];
  const named = alike.length > 1 ? ` on ${line.id}` : '';
  return [`!chat ${line.network}${named} ${address}`];
}
