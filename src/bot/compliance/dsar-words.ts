/** Persons' requests as an officer reads them: who is meant, what is on record of them, what came of it, by when. */
import { DateTime } from 'luxon';
import { isPhone, networkName } from '../../core/address.ts';
import type { EntryOf } from '../../core/entry.ts';
import { positionOfContact, type Millis, type Position } from '../../core/ids.ts';
import type { DsarCount, DsarOutcome, DsarWants } from '../../core/person-entries.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import { dayOf, grouped, records } from '../../retention/certificate/words.ts';
import type { PersonRequest } from '../../retention/person/acts.ts';
import type { PersonNamed } from '../../retention/person/people.ts';
import { oneLine } from '../quote.ts';
import { personShown } from './ended-words.ts';
import { clockTime, shownTime } from './shown-time.ts';
import { NO, YES } from './tap.ts';

export interface DsarShown {
  readonly timezone: string;
  readonly now: Millis;
}

/** `Ann Lee (SMS •••• 0199) and Bob`: of a number its end, which is enough to tell one person from another. */
export function personWords({ people, subject }: Pick<PersonRequest, 'people' | 'subject'>): string {
  const all = [...people.map(namedWords), ...subject.users.map(personShown)];
  return all.length <= 1 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

export function namedWords({ name, addresses }: PersonNamed): string {
  const at = addresses.map(({ network, address }) => `${networkName(network)} ${maskedAddress(address)}`).join(', ');
  if (name === undefined) return at === '' ? 'somebody no record names any more' : at;
  return at === '' ? oneLine(name) : `${oneLine(name)} (${at})`;
}

function maskedAddress(address: PersonNamed['addresses'][number]['address']): string {
  if (isPhone(address)) return `•••• ${address.slice(-4)}`;
  return `${oneLine(address).slice(0, 2)}••••`;
}

/** Answers that name somebody go with the records that named them first. */
export function refsOfPerson({ id, people }: Pick<PersonRequest, 'id' | 'people'>): readonly Position[] {
  return [id, ...people.map(({ contact }) => positionOfContact(contact))];
}

export const WANTS: Readonly<Record<DsarWants, string>> = { access: 'access', erase: 'erasure' };

/** `Thu 24 Dec 2026` */
export function dueDay(due: Millis, timezone: string): string {
  return DateTime.fromMillis(due, { zone: timezone, locale: 'en' }).toFormat('ccc d LLL yyyy');
}

/** Whole days between two days in that zone: negative once it is over. */
export function daysUntil(due: Millis, { timezone, now }: DsarShown): number {
  const [from, to] = [now, due].map((at) => DateTime.fromMillis(at, { zone: timezone }).startOf('day').toMillis());
  return Math.round(((to ?? 0) - (from ?? 0)) / 86_400_000);
}

/** `in 31 days`, `tomorrow`, `today`, `3 days ago` */
export function daysWords(days: number): string {
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days > 1) return `in ${String(days)} days`;
  return days === -1 ? 'yesterday' : `${String(-days)} days ago`;
}

function dueWords(due: Millis, shown: DsarShown): string {
  return `${dueDay(due, shown.timezone)}, ${daysWords(daysUntil(due, shown))}`;
}

export function openedWords(request: PersonRequest, shown: DsarShown): readonly string[] {
  return [
    `Request ${itemId(request.id)}: ${WANTS[request.wants]} for ${personWords(request)}.`,
    `The answer is due on ${dueWords(request.due, shown)}.`,
    'What is on record of them is looked through. It comes here.',
  ];
}

/** One line of the list. */
export function requestLine(request: PersonRequest, shown: DsarShown): string {
  const parts = [itemId(request.id), WANTS[request.wants], personWords(request), `due ${dueWords(request.due, shown)}`];
  return [...parts, stateWords(request)].join(' · ');
}

function stateWords({ state, done }: PersonRequest): string {
  switch (state) {
    case 'looking':
      return 'being looked through';
    case 'looked':
      return 'ready to run';
    case 'asked':
      return 'waits for a second officer';
    case 'doing':
      return 'being done';
    case 'done':
      return done?.kind === 'dsar.copied' ? 'copied, the letter is next' : 'erased, the letter is next';
    case 'answered':
      return 'answered';
  }
}

export function requestWords(request: PersonRequest, shown: DsarShown): readonly string[] {
  const { id, wants, by, opened, due, answered } = request;
  const { timezone, now } = shown;
  const asked = `asked for ${shownTime(opened, timezone, now)} (${personShown(by)})`;
  const end = answered === undefined ? dueWords(due, shown) : dueDay(due, timezone);
  return [
    `${itemId(id)} · ${WANTS[wants]} · ${personWords(request)} · ${asked}`,
    `Due on ${end}. ${capital(stateWords(request))}.`,
    ...foundLines(request, shown),
    ...nextLines(request),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function foundLines({ look, done, wants }: PersonRequest, { timezone, now }: DsarShown): readonly string[] {
  if (done?.kind === 'dsar.erased') return erasedLines(done.body.counts);
  if (done?.kind === 'dsar.copied') return [copiedWords(done.body)];
  if (look === undefined) return [];
  return [`On record ${shownTime(look.body.looked, timezone, now)}:`, ...lookLines(look.body.counts, wants)];
}

/** What an officer does next. */
export function nextLines({ id, state }: Pick<PersonRequest, 'id' | 'state'>): readonly string[] {
  switch (state) {
    case 'looked':
      return [`To have it done: !c dsar run ${itemId(id)}`];
    case 'asked':
      return [`A second officer: ${YES} on the card, or !c dsar run ${itemId(id)}`];
    case 'done':
      return [`To answer them: !c dsar letter ${itemId(id)}`];
    default:
      return [];
  }
}

/** The inventory: what would come of each record now. */
export function lookLines(counts: readonly DsarCount[], wants: DsarWants): readonly string[] {
  if (counts.length === 0) return ['- nothing'];
  const gone = counts.filter(({ outcome }) => outcome === 'erased');
  const total = added(counts);
  const would = wants === 'erase' ? 'would be erased' : 'could be erased if they asked for that';
  return [
    ...(wants === 'access' ? [`- ${records(total.entries)} would be copied${fileWords(total.files)}. Of these:`] : []),
    ...(gone.length === 0 && wants === 'access' ? [] : [goneLine(gone, would)]),
    ...stayLines(counts),
  ];
}

export function erasedLines(counts: readonly DsarCount[]): readonly string[] {
  return [
    goneLine(
      counts.filter(({ outcome }) => outcome === 'erased'),
      'erased for good',
    ),
    ...stayLines(counts),
  ];
}

export function copiedWords({ entries, files, masked }: EntryOf<'dsar.copied'>['body']): string {
  const hidden = masked === 0 ? '' : ` In ${grouped(masked)} of them something of other people is left out.`;
  return `${records(entries)} copied${fileWords(files)}.${hidden}`;
}

function goneLine(gone: readonly DsarCount[], what: string): string {
  const { entries, files } = added(gone);
  return entries === 0 ? `- nothing ${what}` : `- ${records(entries)} ${what}${fileWords(files)}`;
}

function fileWords(files: number): string {
  return files === 0 ? '' : `, ${files === 1 ? '1 file' : `${grouped(files)} files`} among them`;
}

interface Added {
  readonly entries: number;
  readonly files: number;
}

function added(counts: readonly DsarCount[]): Added {
  return counts.reduce<Added>((sum, one) => ({ entries: sum.entries + one.entries, files: sum.files + one.files }), {
    entries: 0,
    files: 0,
  });
}

/** `310 stay: FINRA Rule 4511(b) asks for them until 2029-03-01` */
function stayLines(counts: readonly DsarCount[]): readonly string[] {
  return counts
    .filter(({ outcome }) => outcome !== 'erased')
    .map((one) => `- ${grouped(one.entries)} ${one.entries === 1 ? 'stays' : 'stay'}: ${whyWords(one)}`);
}

const REASONS: Readonly<Record<Exclude<DsarOutcome, 'erased' | 'duty' | 'hold'>, string>> = {
  open: 'something about them is still being done',
  needed: 'the house is built on them',
  others: 'as much about somebody else',
  'spoken-of': 'they speak of records that stay',
};

function whyWords(count: DsarCount): string {
  switch (count.outcome) {
    case 'erased':
      return '';
    case 'hold':
      return `under the hold ${count.hold ?? ''}`.trimEnd();
    case 'duty':
      return dutyWords(count);
    default:
      return REASONS[count.outcome];
  }
}

function dutyWords({ authority = '', class: of, until }: DsarCount): string {
  const law = authority === '' ? (of ?? 'a duty') : oneLine(authority);
  return `${law} asks for them${until === undefined ? '' : ` until ${dayOf(until)}`}`;
}

export function runCardHead({ id, wants }: Pick<PersonRequest, 'id' | 'wants'>, by: string): string {
  return `Request ${itemId(id)} · ${WANTS[wants]} · asked by ${by}`;
}

export function openRunCard(request: PersonRequest, asked: EntryOf<'dsar.run-requested'>, shown: DsarShown): string {
  const { id, wants, look, due } = request;
  const done =
    wants === 'erase' ? 'Erased is erased: nobody can bring it back.' : 'The copy comes to this desk as files.';
  return [
    runCardHead(request, personShown(asked.body.by)),
    personWords(request),
    ...(look === undefined ? [] : lookLines(look.body.counts, wants)),
    `${done} Due on ${dueWords(due, shown)}.`,
    `${YES} agree   ${NO} not   !c dsar show ${itemId(id)}`,
  ].join('\n');
}

/** `agreed: Omar 10:14` */
export function endedAskWords(
  entry: EntryOf<'dsar.decided'> | EntryOf<'dsar.run-requested'>,
  { timezone, now }: DsarShown,
): string {
  const time = clockTime(entry.recordedAt, timezone, now);
  if (entry.kind === 'dsar.run-requested') return `asked for again ${time}`;
  const { refused, by, approvedBy } = entry.body;
  if (refused === true) return `not done: ${personShown(by)} said no ${time}`;
  return approvedBy === undefined
    ? `begun by ${personShown(by)} ${time}`
    : `begun, ${personShown(approvedBy)} agreed ${time}`;
}

/** Told before the day, on it, and afterwards. */
export function reminderWords(request: PersonRequest, shown: DsarShown): readonly string[] {
  const { id, wants, due } = request;
  const days = daysUntil(due, shown);
  const when = `${dueDay(due, shown.timezone)}, ${daysWords(days)}`;
  const what = `Request ${itemId(id)} (${WANTS[wants]})`;
  return [
    days < 0 ? `${what} was due on ${when}, and is not answered.` : `${what} has to be answered by ${when}.`,
    `It is ${stateWords(request)}.`,
    ...nextLines(request),
  ];
}
